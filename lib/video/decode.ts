// Owns a video file → frames of one size and rate. Knows nothing of clips and datasets.
import { z } from 'zod';
import { greyOf } from '../clip/grey.js';
import type { JobControls } from '../clip/job.js';
import { type Fit, fits } from './decode-graph.js';
import { lossesOf } from './failure-reason.js';
import type { FfmpegOutcome } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { largestMaxPixels } from './limits.js';
import { runDecoder, safeMarginSeconds } from './run-decoder.js';
import { runDecoders } from './run-decoders.js';
import { checkSourceFile, failureOfFile } from './source-file.js';

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
  /** Whether frames have one channel, the grey of each pixel (ITU-R BT.601), in place of RGB. Default false. */
  readonly grey?: boolean | undefined;
  /**
   * Seconds from the picture's first frame to the first one that is given, 0 or more: with `fps` what is shown then, else
   * the first frame that begins then or later. Default 0.
   */
  readonly startSeconds?: number | undefined;
  /** Seconds that are decoded, above 0. Default: to the end. */
  readonly durationSeconds?: number | undefined;
  /** Seconds without a frame after which ffmpeg is killed. Default 60. */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Threads that decode, 1 to 64. Default 1: the same build then gives the same bytes for damaged files too. With more it
   * does so only where ffmpeg has nothing to say; else an error is thrown at the end, and one thread is to decode again.
   */
  readonly threads?: number | undefined;
  /** Width × height of the file's pictures above which they are not decoded. Default 8192 × 8192. */
  readonly maxPixels?: number | undefined;
};

const largestSide = 16_384;
const optionsSchema = z.strictObject({
  width: z.int().min(1).max(largestSide),
  height: z.int().min(1).max(largestSide),
  fps: z.number().positive().max(1000).optional(),
  fit: z.enum(fits).default('cover'),
  grey: z.boolean().default(false),
  startSeconds: z.number().min(0).optional(),
  durationSeconds: z.number().positive().optional(),
  timeoutSeconds: z.number().positive().max(86_400).optional(),
  threads: z.int().min(1).max(64).default(1),
  maxPixels: z.int().min(1).max(largestMaxPixels).optional(),
});

type ParsedOptions = z.output<typeof optionsSchema>;

/**
 * Yields the frames of the first video stream that is no cover picture, `uint8 [H, W, 3]` RGB or `[H, W, 1]`, each in memory of its own:
 * turned as the file asks, with square pixels, interlaced frames made whole, HDR as BT.709, what is transparent over black.
 * With `fps`, frame `k` is what is shown `k / fps` seconds after the first one: the last frame that begins by then, where
 * one that begins within a millisecond counts, as most containers round times to milliseconds. It decodes no faster
 * than the caller reads; leaving the loop ends it.
 * @throws {RangeError} where an option is out of its range.
 * @throws {LacunaError} `input` where there is no such file.
 * @throws {DecodeError} where ffmpeg fails or loses something, after all the frames that it did give.
 */
export async function* decodeVideo(
  path: string,
  options: DecodeOptions,
  controls: JobControls = {},
): AsyncGenerator<Uint8Array, void> {
  const parsed = parseOptions(options, 'decodeVideo');
  const outcome = yield* runFile(path, { ...parsed, marginSeconds: safeMarginSeconds }, controls);
  const isDoubtful = parsed.threads > 1 && outcome.log.length > 0;
  if (hasFailed(outcome) || isDoubtful) throw await failureOfFile(path, outcome);
}

/**
 * As `decodeVideo`; throws at the end where ffmpeg has anything to say, by however many threads.
 * @param marginSeconds that are read before the start; the less, the likelier it is that what is shown then is missed
 */
export async function* decodeFaultless(
  path: string,
  { marginSeconds, ...options }: DecodeOptions & { readonly marginSeconds: number },
  controls: JobControls = {},
): AsyncGenerator<Uint8Array, void> {
  const picture = { ...parseOptions(options, 'decodeFaultless'), marginSeconds };
  const outcome = yield* runFile(path, picture, controls);
  if (hasFailed(outcome) || outcome.log.length > 0) throw await failureOfFile(path, outcome);
}

/**
 * The frames of several short videos by one run of ffmpeg, since its start takes longer than to decode them. Each as
 * `decodeVideo` gives them, or nothing at all where there is anything to say of one of them, or there are more bytes than
 * `mostBytes` together: then each is to be decoded alone.
 * @throws {RangeError} where an option is out of its range.
 */
export async function decodeTogether(
  paths: readonly string[],
  options: DecodeOptions & { readonly mostBytes: number },
  controls: JobControls = {},
): Promise<readonly (readonly Uint8Array[])[] | undefined> {
  const { mostBytes, ...each } = options;
  const parsed = parseOptions(each, 'decodeTogether');
  const ffmpeg = await findFfmpeg();
  const limits = { timeoutSeconds: parsed.timeoutSeconds, signal: controls.signal };
  const outcome = await runDecoders(ffmpeg, paths, { ...parsed, mostBytes }, limits);
  if (hasFailed(outcome) || outcome.outputs === undefined) return undefined;
  const length = parsed.width * parsed.height * 3;
  return outcome.outputs.map((bytes) =>
    Array.from({ length: Math.floor(bytes.length / length) }, (_, frame) => {
      const rgb = bytes.subarray(frame * length, (frame + 1) * length);
      return parsed.grey ? greyOf(rgb) : rgb;
    }),
  );
}

function parseOptions(options: DecodeOptions, caller: string): ParsedOptions {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new RangeError(`${caller}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function hasFailed(outcome: FfmpegOutcome): boolean {
  return outcome.exitCode !== 0 || outcome.timedOut || lossesOf(outcome.log).length > 0;
}

async function* runFile(
  path: string,
  options: ParsedOptions & { readonly marginSeconds: number },
  { signal }: JobControls,
): AsyncGenerator<Uint8Array, FfmpegOutcome> {
  const { width, height, grey, timeoutSeconds } = options;
  await checkSourceFile(path);
  const run = runDecoder(await findFfmpeg(), path, options, { timeoutSeconds, signal });
  return yield* cutFrames(run, width * height * 3, grey);
}

/** Cuts a stream of RGB into frames of one length, which may become grey; a last one that is not whole is left out. */
async function* cutFrames(
  chunks: AsyncGenerator<Uint8Array, FfmpegOutcome>,
  length: number,
  isGrey: boolean,
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
        if (isGrey) yield greyOf(frame);
        else {
          yield frame;
          frame = new Uint8Array(length);
        }
        filled = 0;
      }
    }
  } finally {
    await chunks.return({ exitCode: null, timedOut: false, log: [] });
  }
}
