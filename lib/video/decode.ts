// Owns a video file → frames of one size and rate. Knows nothing of clips and datasets.
import { z } from 'zod';
import type { JobControls } from '../clip/job.js';
import { decodeGraph, type Fit, fits } from './decode-graph.js';
import { lossesOf } from './failure-reason.js';
import type { FfmpegOutcome } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { runDecoder } from './run-decoder.js';
import { checkSourceFile, failureOfFile } from './source-file.js';

export { decodeGraph, type Fit, fits };

/** What is decoded and how the frames come out. */
export type DecodeOptions = {
  /** W, pixels, 1 to 16384. `probeVideo` says a file's own. */
  readonly width: number;
  /** H, pixels, 1 to 16384. */
  readonly height: number;
  /** Frames a second, by repeating and leaving out frames. Default: each frame of the file once. */
  readonly fps?: number | undefined;
  /** Default `cover`. */
  readonly fit?: Fit | undefined;
  /**
   * Seconds from the picture's first frame to the first one that is given, 0 or more: with `fps` what is shown then, else
   * the first frame that begins then or later. Default 0.
   */
  readonly startSeconds?: number | undefined;
  /** Seconds that are decoded, above 0. Default: to the end. */
  readonly durationSeconds?: number | undefined;
  /** Seconds without a frame after which ffmpeg is killed. Default 60. */
  readonly timeoutSeconds?: number | undefined;
};

const largestSide = 16_384;
const optionsSchema = z.strictObject({
  width: z.int().min(1).max(largestSide),
  height: z.int().min(1).max(largestSide),
  fps: z.number().positive().max(1000).optional(),
  fit: z.enum(fits).default('cover'),
  startSeconds: z.number().min(0).optional(),
  durationSeconds: z.number().positive().optional(),
  timeoutSeconds: z.number().positive().max(86_400).optional(),
});

/**
 * Yields the frames of the first video stream that is no cover picture, `uint8 [H, W, 3]` RGB, each in memory of its own:
 * turned as the file asks, with square pixels, interlaced frames made whole, HDR as BT.709, what is transparent over black.
 * With `fps`, frame `k` is what is shown `k / fps` seconds after the first one: the last frame that begins by then, where
 * one that begins within a millisecond counts, as most containers round times to milliseconds. It decodes no faster
 * than the caller reads; leaving the loop ends it. One thread decodes, so that the same build gives the same bytes.
 * @throws {RangeError} where an option is out of its range.
 * @throws {LacunaError} `input` where there is no such file.
 * @throws {DecodeError} where ffmpeg fails or loses something, after all the frames that it did give.
 */
export async function* decodeVideo(
  path: string,
  options: DecodeOptions,
  controls: JobControls = {},
): AsyncGenerator<Uint8Array, void> {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new RangeError(`decodeVideo: ${z.prettifyError(parsed.error)}`);
  const { width, height, fps, fit, startSeconds, durationSeconds, timeoutSeconds } = parsed.data;
  await checkSourceFile(path);
  const ffmpeg = await findFfmpeg();
  const picture = { width, height, fps, fit, startSeconds, durationSeconds };
  const run = runDecoder(ffmpeg, path, picture, { timeoutSeconds, signal: controls.signal });
  const outcome = yield* cutFrames(run, width * height * 3);
  if (outcome.exitCode !== 0 || outcome.timedOut || lossesOf(outcome.log).length > 0) {
    throw await failureOfFile(path, outcome);
  }
}

/** Cuts a stream of bytes into pieces of one length; a last piece that is not whole is left out. */
async function* cutFrames(
  chunks: AsyncGenerator<Uint8Array, FfmpegOutcome>,
  length: number,
): AsyncGenerator<Uint8Array, FfmpegOutcome> {
  let frame = new Uint8Array(length);
  let filled = 0;
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) return value;
      let used = 0;
      while (used < value.length) {
        const part = value.subarray(used, used + length - filled);
        frame.set(part, filled);
        used += part.length;
        filled += part.length;
        if (filled < length) continue;
        yield frame;
        frame = new Uint8Array(length);
        filled = 0;
      }
    }
  } finally {
    await chunks.return({ exitCode: null, timedOut: false, log: [] });
  }
}
