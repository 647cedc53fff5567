// Owns raw RGB frames through an ffmpeg filter graph and back. Knows nothing of files.
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { detailOf } from './failure-reason.js';
import { quietArguments, rawInputArguments, rawOutputArguments } from './ffmpeg-arguments.js';
import { runFfmpeg } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';

/** How frames are filtered. */
export type FilterOptions = {
  /** W, pixels of the frames that go in. */
  readonly width: number;
  /** H, pixels of the frames that go in. */
  readonly height: number;
  /** Frames a second of the frames that go in. */
  readonly fps: number;
  /** An ffmpeg `-vf` graph such as `minterpolate=fps=24`. Never made of what a person typed. */
  readonly filter: string;
  /** Frames a second of what comes out, by repeating and leaving out. Default: what the graph gives. */
  readonly outputFps?: number;
  /** Seconds without anything moving after which ffmpeg is killed. Default 60. */
  readonly timeoutSeconds?: number;
};

/** Bytes given to the pipe at once. */
const pieceLength = 1 << 20;

/**
 * Filters `uint8 [n, H, W, 3]`; gives `uint8 [m, H', W', 3]`, each frame that the graph gives. A graph without a change
 * of size, rate or colour gives the same bytes back.
 * @throws {RangeError} where `frames` is not a whole number of frames.
 * @throws {LacunaError} `input` where ffmpeg refuses the graph or fails.
 */
export async function filterFrames(
  frames: Uint8Array,
  { width, height, fps, filter, outputFps, timeoutSeconds }: FilterOptions,
  controls: JobControls = {},
): Promise<Uint8Array> {
  if (frames.length % (width * height * 3) !== 0) {
    throw new RangeError(`frames must be a whole number of ${height} × ${width} × 3 bytes, got ${frames.length}`);
  }
  if (frames.length === 0) return new Uint8Array(0);
  const ffmpeg = await findFfmpeg();
  const graph = outputFps === undefined ? filter : `${filter},fps=${outputFps}`;
  const words = [
    ...quietArguments(),
    ...rawInputArguments(width, height, fps),
    ...['-vf', graph],
    ...rawOutputArguments(ffmpeg),
  ];
  const chunks = runFfmpeg(ffmpeg, words, { timeoutSeconds, signal: controls.signal }, pieces(frames));
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await chunks.next();
    if (done !== true) {
      parts.push(value);
      continue;
    }
    if (value.exitCode !== 0) {
      throw new LacunaError(
        'input',
        `ffmpeg could not filter frames by ${graph}: ${detailOf('', value).replaceAll('\n', '; ')}`,
      );
    }
    return Buffer.concat(parts);
  }
}

function* pieces(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += pieceLength) yield bytes.subarray(start, start + pieceLength);
}
