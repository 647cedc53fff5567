// Owns a video file → frames of one size and rate. Knows nothing of clips and datasets.
import { z } from 'zod';
import type { JobControls } from '../clip/job.js';
import { lossesOf } from './failure-reason.js';
import { inputFileArguments, quietArguments, rawOutputArguments } from './ffmpeg-arguments.js';
import { type FfmpegOutcome, runFfmpeg } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { checkSourceFile, failureOfFile } from './source-file.js';

/**
 * How a picture comes to the asked size: `cover` scales it until it covers all and cuts off the rest evenly, `contain`
 * scales it until it fits and fills the rest with black, `stretch` changes its proportions.
 */
export const fits = ['cover', 'contain', 'stretch'] as const;

/** One of the ways in which a picture comes to the asked size. */
export type Fit = (typeof fits)[number];

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
  /** Seconds from the file's start to the first frame. Default 0. */
  readonly startSeconds?: number | undefined;
  /**
   * With `fps`: frames of the file that are left out at its start, found by seeking. They are the frames that a decoding from the
   * start gives wherever the file's own times are sound; a caller that must be sure compares. Not together with `startSeconds`.
   * Default 0.
   */
  readonly skipFrames?: number | undefined;
  /** Seconds that are decoded. Default: to the end. */
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
  skipFrames: z.int().min(0).default(0),
  durationSeconds: z.number().positive().optional(),
  timeoutSeconds: z.number().positive().max(86_400).optional(),
});

/**
 * Yields the frames of the first video stream, `uint8 [H, W, 3]` RGB, each in memory of its own: turned as the file asks,
 * with square pixels. With `fps`, frame `k` is what is shown `k / fps` seconds after the first one. It decodes no faster
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
  const { width, height, fps, fit, skipFrames, durationSeconds, timeoutSeconds } = parsed.data;
  if (skipFrames > 0 && (fps === undefined || parsed.data.startSeconds !== undefined)) {
    throw new RangeError('decodeVideo: skipFrames goes with fps and without startSeconds');
  }
  // A frame shows what came last before its time: so decoding begins a second earlier.
  const leadFrames = fps === undefined ? 0 : Math.min(skipFrames, Math.ceil(fps));
  const isSought = skipFrames > leadFrames;
  const startSeconds = isSought ? (skipFrames - leadFrames) / (fps ?? 1) : parsed.data.startSeconds;
  await checkSourceFile(path);
  const ffmpeg = await findFfmpeg();
  const words = [
    ...quietArguments(),
    ...['-threads', '1', '-filter_threads', '1'],
    ...(startSeconds === undefined || startSeconds === 0 ? [] : ['-ss', startSeconds.toFixed(6)]),
    ...(durationSeconds === undefined ? [] : ['-t', durationSeconds.toFixed(6)]),
    ...inputFileArguments(path),
    ...['-map', '0:V:0', '-an', '-sn', '-dn'],
    ...['-vf', decodeGraph(width, height, fit, fps, isSought)],
    ...rawOutputArguments(ffmpeg),
  ];
  const run = runFfmpeg(ffmpeg, words, { timeoutSeconds, signal: controls.signal });
  const outcome = yield* cutFrames(run, width * height * 3, leadFrames);
  if (outcome.exitCode !== 0 || outcome.timedOut || lossesOf(outcome.log).length > 0) {
    throw await failureOfFile(path, outcome);
  }
}

/**
 * The `-vf` graph: time from 0, the asked rate, then the asked size. ffmpeg turns the picture before it.
 * @param isSought whether time goes on from where ffmpeg was told to begin, and not from the first frame that it finds there
 */
export function decodeGraph(
  width: number,
  height: number,
  fit: Fit,
  fps: number | undefined,
  isSought = false,
): string {
  const time = isSought
    ? [`fps=${fps ?? 1}:start_time=0`]
    : ['setpts=PTS-STARTPTS', ...(fps === undefined ? [] : [`fps=${fps}`])];
  return [...time, ...sizeGraphs[fit](width, height)].join(',');
}

/** In terms of the shown proportions `dar`, so that pixels that are not square come out square. RGB before cutting, so that odd offsets are exact. */
const sizeGraphs: { readonly [F in Fit]: (width: number, height: number) => readonly string[] } = {
  cover: (width, height) => [
    `scale=w='round(max(${width},${height}*dar))':h='round(max(${height},${width}/dar))':flags=bicubic`,
    'format=rgb24',
    `crop=${width}:${height}`,
  ],
  contain: (width, height) => [
    `scale=w='max(1,round(min(${width},${height}*dar)))':h='max(1,round(min(${height},${width}/dar)))':flags=bicubic`,
    'format=rgb24',
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`,
  ],
  stretch: (width, height) => [`scale=${width}:${height}:flags=bicubic`, 'format=rgb24'],
};

/** Cuts a stream of bytes into pieces of one length and leaves out the first few; a last piece that is not whole is left out. */
async function* cutFrames(
  chunks: AsyncGenerator<Uint8Array, FfmpegOutcome>,
  length: number,
  skip: number,
): AsyncGenerator<Uint8Array, FfmpegOutcome> {
  let left = skip;
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
        filled = 0;
        if (left > 0) {
          left -= 1;
          continue;
        }
        yield frame;
        frame = new Uint8Array(length);
      }
    }
  } finally {
    await chunks.return({ exitCode: null, timedOut: false, log: [] });
  }
}
