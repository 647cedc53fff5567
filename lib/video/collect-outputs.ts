// Owns a run of ffmpeg with several outputs, each read whole into memory. Knows nothing of what they hold.
import type { Readable } from 'node:stream';
import { endOf, killGroup, startGroup } from './child-group.js';
import { defaultTimeoutSeconds, type FfmpegLimits, type FfmpegOutcome } from './ffmpeg-process.js';
import type { Ffmpeg } from './find-ffmpeg.js';
import { createLineLog } from './line-log.js';
import { createStallWatch } from './stall-watch.js';

/** The number of the first output's pipe: ffmpeg writes output `k` to `pipe:${firstPipe + k}`. */
export const firstPipe = 3;

/** What a run with several outputs gave. */
export type CollectedOutputs = FfmpegOutcome & {
  /** The bytes of each output; nothing where there were more than was allowed and ffmpeg was killed for it. */
  readonly outputs: readonly Uint8Array[] | undefined;
};

/**
 * Runs ffmpeg and reads `count` outputs at once, whichever it writes first: were one left waiting, ffmpeg would wait too.
 * @param mostBytes of all outputs together
 * @throws the signal's reason, or the error of a program that cannot be started.
 */
export async function collectOutputs(
  ffmpeg: Ffmpeg,
  words: readonly string[],
  { count, mostBytes }: { readonly count: number; readonly mostBytes: number },
  { timeoutSeconds = defaultTimeoutSeconds, signal, lastLines = 30, keepsLine }: FfmpegLimits = {},
): Promise<CollectedOutputs> {
  signal?.throwIfAborted();
  const pipes = Array.from({ length: count }, () => 'pipe' as const);
  const child = startGroup(ffmpeg.path, words, ['ignore', 'ignore', 'pipe', ...pipes]);
  const ended = endOf(child);
  const kill = () => killGroup(child);
  const log = createLineLog(lastLines, keepsLine);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => log.add(text));
  const watch = createStallWatch(timeoutSeconds, kill);
  const chunks = pipes.map((): Uint8Array[] => []);
  let length = 0;
  for (const [index, parts] of chunks.entries()) {
    const pipe = child.stdio[firstPipe + index] as Readable;
    // What breaks the pipe ends the program too, and is told by its end.
    pipe.on('error', () => undefined);
    pipe.on('data', (chunk: Uint8Array) => {
      watch.touch();
      length += chunk.length;
      if (length > mostBytes) kill();
      else parts.push(chunk);
    });
  }
  signal?.addEventListener('abort', kill, { once: true });
  watch.start();
  try {
    const end = await ended;
    signal?.throwIfAborted();
    const outputs = length > mostBytes ? undefined : chunks.map((parts) => Buffer.concat(parts));
    return { ...end, timedOut: watch.hasFired(), log: log.lines(), outputs };
  } finally {
    watch.stop();
    signal?.removeEventListener('abort', kill);
  }
}
