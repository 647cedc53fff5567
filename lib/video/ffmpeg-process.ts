// Owns the running of ffmpeg: its pipes, its time limit, its end. The only file that knows fluent-ffmpeg. Knows nothing
// of frames, of formats or of what its words mean.
import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import fluentFfmpeg from 'fluent-ffmpeg';
import type { Ffmpeg } from './find-ffmpeg.js';

/** How one run of ffmpeg is bounded. */
export type FfmpegLimits = {
  /** Seconds without anything read or written after which it is killed. Default 60. */
  readonly timeoutSeconds?: number | undefined;
  /** Kills it; the call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How many of its last lines on standard error are kept. Default 30. */
  readonly lastLines?: number | undefined;
};

/** How a run of ffmpeg ended. */
export type FfmpegOutcome = {
  /** 0 where it said that all went well; `null` where it was killed. */
  readonly exitCode: number | null;
  /** What ended it where it did not end itself, such as `SIGSEGV` after a crash. */
  readonly endedBy?: NodeJS.Signals;
  /** Whether it was killed because nothing came for too long. */
  readonly timedOut: boolean;
  /** The first and the last lines that it wrote on standard error. */
  readonly log: readonly string[];
};

const defaultTimeoutSeconds = 60;
const firstLines = 10;
const defaultLastLines = 30;
/** A line that names a file must hold the whole name. */
const longestLine = 5000;

/** What must not outlive this process. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(killGroup));

/**
 * Runs ffmpeg and yields what it writes on standard output, as it comes; it waits while the caller does not read. Leaving
 * the loop early kills it. Returns how it ended, whatever the end.
 * @param input what it reads on standard input; nothing by default
 * @throws what `input` throws, the signal's reason, or the error of a program that cannot be started.
 */
export async function* runFfmpeg(
  ffmpeg: Ffmpeg,
  words: readonly string[],
  { timeoutSeconds = defaultTimeoutSeconds, signal, lastLines = defaultLastLines }: FfmpegLimits = {},
  input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, FfmpegOutcome> {
  signal?.throwIfAborted();
  // A group of its own, so that what a wrapper script started ends with it.
  const child = spawn(ffmpeg.path, words, {
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  running.add(child);
  const log = createLog(lastLines);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => log.add(text));
  const ended = new Promise<Pick<FfmpegOutcome, 'exitCode' | 'endedBy'>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, endedBy) => resolve({ exitCode, ...(endedBy === null ? {} : { endedBy }) }));
  });
  ended.catch(() => undefined);
  const kill = () => killGroup(child);
  signal?.addEventListener('abort', kill, { once: true });
  const watch = createStallWatch(timeoutSeconds, kill);
  let isEnded = false;
  let inputError: { readonly error: unknown } | undefined;
  try {
    const fed = input && child.stdin ? feed(child.stdin, input, watch) : Promise.resolve();
    fed.catch((error: unknown) => {
      inputError = { error };
      kill();
    });
    const chunks: AsyncIterator<Uint8Array, undefined> = (child.stdout ?? Readable.from([]))[Symbol.asyncIterator]();
    for (;;) {
      watch.start();
      const { done, value } = await chunks.next();
      watch.stop();
      if (done === true) break;
      yield value;
    }
    watch.start();
    const end = await ended;
    watch.stop();
    isEnded = true;
    signal?.throwIfAborted();
    if (inputError) throw inputError.error;
    return { ...end, timedOut: watch.hasFired(), log: log.lines() };
  } finally {
    watch.stop();
    signal?.removeEventListener('abort', kill);
    if (!isEnded) {
      kill();
      child.stdout?.destroy();
      child.stdin?.destroy();
      await ended.catch(() => undefined);
    }
    running.delete(child);
  }
}

/** Frames, the words before and after, and where the result goes. */
export type FfmpegSave = {
  readonly input: AsyncIterable<Uint8Array>;
  /** What comes before `-i pipe:0`, which this call writes itself. */
  readonly inputWords: readonly string[];
  readonly outputWords: readonly string[];
  /** As ffmpeg is to be given it; replaced where it exists. */
  readonly outputName: string;
};

/**
 * Feeds ffmpeg from `input` and lets it write a file itself, since containers need a file that they can go back in.
 * @throws what `input` throws, or the signal's reason.
 */
export async function saveWithFfmpeg(
  ffmpeg: Ffmpeg,
  { input, inputWords, outputWords, outputName }: FfmpegSave,
  { timeoutSeconds = defaultTimeoutSeconds, signal, lastLines = defaultLastLines }: FfmpegLimits = {},
): Promise<FfmpegOutcome> {
  signal?.throwIfAborted();
  const log = createLog(lastLines);
  let inputError: { readonly error: unknown } | undefined;
  const command = fluentFfmpeg();
  const kill = () => command.kill('SIGKILL');
  const watch = createStallWatch(timeoutSeconds, kill);
  const source = Readable.from(
    (async function* () {
      try {
        for await (const chunk of input) {
          watch.start();
          yield chunk;
          watch.stop();
        }
        watch.start();
      } catch (error) {
        inputError = { error };
        throw error;
      }
    })(),
    { objectMode: false },
  );
  command.setFfmpegPath(ffmpeg.path);
  command.input(source).inputOptions(...inputWords);
  command.outputOptions(...outputWords).output(outputName);
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve) => {
      command.on('stderr', (line: string) => log.add(`${line}\n`));
      command.on('end', () => resolve(0));
      command.on('error', (error: Error) => {
        log.add(`${error.message}\n`);
        resolve(null);
      });
      command.run();
    });
    signal?.throwIfAborted();
    if (inputError) throw inputError.error;
    return { exitCode, timedOut: watch.hasFired(), log: log.lines() };
  } finally {
    watch.stop();
    source.destroy();
    signal?.removeEventListener('abort', kill);
  }
}

/** Whether this build has an encoder of that name. */
export async function hasEncoder(ffmpeg: Ffmpeg, encoder: string): Promise<boolean> {
  const command = fluentFfmpeg();
  command.setFfmpegPath(ffmpeg.path);
  return new Promise((resolve, reject) => {
    command.getAvailableEncoders((error: Error | null, encoders) => {
      if (error) reject(error);
      else resolve(encoder in encoders);
    });
  });
}

/** Kills what was started, and what that has started in turn, even where the first has ended before. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of them have ended in between.
  }
}

/** Writes as fast as the other side reads; a side that has stopped reading is no error of the input. */
async function feed(
  stdin: NodeJS.WritableStream,
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  watch: StallWatch,
): Promise<void> {
  stdin.on('error', () => undefined);
  for await (const chunk of input) {
    watch.touch();
    if (!stdin.writable) break;
    if (!stdin.write(chunk)) {
      await new Promise<void>((resolve) => {
        const goOn = () => {
          stdin.off('drain', goOn).off('close', goOn).off('error', goOn);
          resolve();
        };
        stdin.on('drain', goOn).on('close', goOn).on('error', goOn);
      });
    }
    watch.touch();
  }
  stdin.end();
}

type StallWatch = {
  /** Begins to wait. */
  readonly start: () => void;
  /** What was waited for has come. */
  readonly stop: () => void;
  /** Something else has come: the wait, if there is one, begins again. */
  readonly touch: () => void;
  readonly hasFired: () => boolean;
};

function createStallWatch(seconds: number, onStall: () => void): StallWatch {
  let timer: NodeJS.Timeout | undefined;
  let fired = false;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const start = () => {
    stop();
    timer = setTimeout(() => {
      fired = true;
      onStall();
    }, seconds * 1000);
  };
  return { start, stop, touch: () => timer?.refresh(), hasFired: () => fired };
}

function createLog(lastLines: number): {
  readonly add: (text: string) => void;
  readonly lines: () => readonly string[];
} {
  const first: string[] = [];
  const last: string[] = [];
  let rest = '';
  const addLine = (line: string) => {
    const text = line.trimEnd().slice(0, longestLine);
    if (text === '') return;
    if (first.length < firstLines) first.push(text);
    else last.push(text);
    if (last.length > lastLines) last.shift();
  };
  return {
    add: (text) => {
      const lines = (rest + text).split(/[\r\n]+/);
      rest = (lines.pop() ?? '').slice(0, longestLine);
      lines.forEach(addLine);
    },
    lines: () => {
      addLine(rest);
      rest = '';
      return [...first, ...last];
    },
  };
}
