// Owns the running of ffmpeg: its pipes, its time limit, its end. The only file that knows fluent-ffmpeg. Knows nothing
// of frames, of formats or of what its words mean.
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import fluentFfmpeg from 'fluent-ffmpeg';
import { endOf, killGroup, startGroup } from './child-group.js';
import { fileName } from './ffmpeg-arguments.js';
import type { Ffmpeg } from './find-ffmpeg.js';
import { createLineLog } from './line-log.js';
import { createStallWatch, type StallWatch } from './stall-watch.js';

/** How one run of ffmpeg is bounded. */
export type FfmpegLimits = {
  /** Seconds without anything read or written after which it is killed. Default 60. */
  readonly timeoutSeconds?: number | undefined;
  /** Kills it; the call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How many of its last lines on standard error are kept. Default 30. */
  readonly lastLines?: number | undefined;
  /** Is given each line as it comes; what it returns `false` for is not kept. Default: all are kept. */
  readonly keepsLine?: ((line: string) => boolean) | undefined;
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

/** Seconds without anything read or written after which ffmpeg is killed, unless another time is given. */
export const defaultTimeoutSeconds = 60;
const defaultLastLines = 30;

/**
 * Runs ffmpeg and yields what it writes on standard output, as it comes; it waits while the caller does not read. Leaving
 * the loop early kills it. Returns how it ended, whatever the end.
 * @param input what it reads on standard input; nothing by default
 * @throws what `input` throws, the signal's reason, or the error of a program that cannot be started.
 */
export async function* runFfmpeg(
  ffmpeg: Ffmpeg,
  words: readonly string[],
  { timeoutSeconds = defaultTimeoutSeconds, signal, lastLines = defaultLastLines, keepsLine }: FfmpegLimits = {},
  input?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, FfmpegOutcome> {
  signal?.throwIfAborted();
  const child = startGroup(ffmpeg.path, words, [input ? 'pipe' : 'ignore', 'pipe', 'pipe']);
  const log = createLineLog(lastLines, keepsLine);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => log.add(text));
  const ended = endOf(child);
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
  }
}

/** Frames, the words before and after, and where the result goes. */
export type FfmpegSave = {
  readonly input: AsyncIterable<Uint8Array>;
  /** What comes before `-i pipe:0`, which this call writes itself. */
  readonly inputWords: readonly string[];
  readonly outputWords: readonly string[];
  /** Replaced where it exists. */
  readonly outputFile: string;
};

/** How often a file that is being written is looked at, in seconds. */
const lookSeconds = 1;

/**
 * Feeds ffmpeg from `input` and lets it write a file itself, since containers need a file that they can go back in. While that
 * file changes, ffmpeg has not stopped: what is left to do after the last frame may take long.
 * @throws what `input` throws, or the signal's reason.
 */
export async function saveWithFfmpeg(
  ffmpeg: Ffmpeg,
  { input, inputWords, outputWords, outputFile }: FfmpegSave,
  { timeoutSeconds = defaultTimeoutSeconds, signal, lastLines = defaultLastLines }: FfmpegLimits = {},
): Promise<FfmpegOutcome> {
  signal?.throwIfAborted();
  const log = createLineLog(lastLines);
  let inputError: { readonly error: unknown } | undefined;
  const command = fluentFfmpeg();
  const kill = () => command.kill('SIGKILL');
  const watch = createStallWatch(timeoutSeconds, kill);
  const growth = watchGrowth(outputFile, watch.touch);
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
  command.outputOptions(...outputWords).output(fileName(outputFile));
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve) => {
      // A signal that comes before ffmpeg is there finds nothing to end.
      command.on('start', () => {
        if (signal?.aborted === true || inputError !== undefined) kill();
      });
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
    // Where the input has failed, it still waits for more.
    kill();
    growth.stop();
    watch.stop();
    source.destroy();
    signal?.removeEventListener('abort', kill);
  }
}

/** Calls `onChange` while a file changes. */
function watchGrowth(file: string, onChange: () => void): { readonly stop: () => void } {
  let last = '';
  const look = async () => {
    const { size, mtimeMs } = await stat(file);
    const now = `${size} ${mtimeMs}`;
    if (now !== last) onChange();
    last = now;
  };
  // Where it is not there yet, nothing has changed.
  const timer = setInterval(() => void look().catch(() => undefined), lookSeconds * 1000);
  return { stop: () => clearInterval(timer) };
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
