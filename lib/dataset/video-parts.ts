// Owns a long video's frames read by several runs of ffmpeg at once, each from another time on. Knows nothing of clips.
import { stat } from 'node:fs/promises';
import type { JobControls } from '../clip/job.js';
import { decodeFaultless, type DecodeOptions } from '../video/decode.js';
import { DecodeError } from '../video/failure-reason.js';
import { probeVideo } from '../video/probe.js';
import { listsKeyFrames } from '../video/source-file.js';
import { inOrder } from '../clip/in-order.js';

/** What the parts of a video are decoded with. */
export type PartOptions = DecodeOptions & { readonly fps: number };

/** How a video is taken apart. */
export type VideoParts = {
  /** Runs at once. */
  readonly lanes: number;
  /** Threads of each run. */
  readonly threads: number;
  /** Where each part begins, whole seconds from the first frame that is asked for, ascending from 0. */
  readonly starts: readonly number[];
};

/** Frames of later parts that wait in memory come to at most this many bytes. */
const bytesAhead = 256 * 2 ** 20;

/** Of what is read before a part. A small one is enough: where it is not, the parts do not join. */
const marginSeconds = 2;

/** A part is read so far beyond its end, for comparison with the next one. */
const secondsBeyond = 1;

/** What is decoded twice for a part: all that, and half of the usual 250 frames from key frame to key frame. */
const secondsAgain = marginSeconds + secondsBeyond + 5;

/** A shorter part is not worth what is decoded again for it. */
const leastSeconds = 4 * secondsAgain;

/** To ask a smaller file for its length takes about as long as it would save. */
const leastBytes = 2 ** 20;

/**
 * Several runs of one thread are faster than one run of several, whose threads wait for each other (by a fifth on two cores).
 * Nothing where the file is too short or does not list its key frames, or where frames would not fall on the same times: a part's
 * first frame is counted from a whole second, so the rate must be whole.
 */
export async function planParts(
  path: string,
  options: PartOptions,
  cores: number,
  controls: JobControls,
): Promise<VideoParts | undefined> {
  const { width, height, fps, startSeconds = 0 } = options;
  if (cores < 2 || !Number.isInteger(fps) || !Number.isInteger(startSeconds)) return undefined;
  const seconds = await readSeconds(path, options, controls);
  if (seconds === undefined) return undefined;
  const secondsAhead = bytesAhead / (3 * width * height * fps);
  return divide(seconds, cores, secondsAhead);
}

/** As many runs at once as are worth their start. The first part has nothing to decode again and is longer. */
export function divide(seconds: number, cores: number, secondsAhead: number): VideoParts | undefined {
  for (let lanes = cores; lanes > 1; lanes--) {
    const length = Math.ceil(Math.min((seconds - secondsAgain) / lanes, secondsAhead / (lanes - 1)));
    if (length < leastSeconds) continue;
    const starts = [0];
    for (let start = length + secondsAgain; start < seconds; start += length) starts.push(start);
    return { lanes, threads: Math.floor(cores / lanes), starts };
  }
  return undefined;
}

/**
 * The frames of all parts, in order, as one run gives them. Each part is read a second too far, and the next one must begin
 * with the same frames: a file may lie about its key frames, and show a frame for so long that a later part misses it.
 * @throws {DecodeError} where anything is wrong with the file or parts do not join; one run is to read it then.
 */
export async function* decodeParts(
  path: string,
  { startSeconds = 0, durationSeconds, ...options }: PartOptions,
  { lanes, threads, starts }: VideoParts,
  { signal }: JobControls,
): AsyncGenerator<Uint8Array, void> {
  const ahead = Math.floor(bytesAhead / (3 * options.width * options.height));
  const parts = starts.map((start, index) => ({ start, end: starts[index + 1] }));
  const read = ({ start, end = Infinity }: (typeof parts)[number], stop: AbortSignal) => {
    const seconds = Math.min(durationSeconds ?? Infinity, end + secondsBeyond) - start;
    const span = { startSeconds: startSeconds + start, durationSeconds: seconds < Infinity ? seconds : undefined };
    return decodeFaultless(path, { ...options, ...span, threads, marginSeconds }, { signal: stop });
  };
  let before: Uint8Array[] | undefined;
  for await (const { job, items } of inOrder(parts, { jobs: lanes, ahead, signal }, read)) {
    const wanted = ((job.end ?? Infinity) - job.start) * options.fps;
    const beyond: Uint8Array[] = [];
    let frames = 0;
    for await (const frame of items) {
      if (before !== undefined && frames < secondsBeyond * options.fps && !isSame(frame, before[frames])) {
        throw new DecodeError(path, 'unreadable', 'its frames hang on where reading begins');
      }
      if (frames < wanted) yield frame;
      else beyond.push(frame);
      frames += 1;
    }
    if (frames < (before?.length ?? 0) || (job.end !== undefined && beyond.length === 0)) {
      throw new DecodeError(path, 'truncated', 'it ends before the time that its header says');
    }
    before = beyond;
  }
}

function isSame(frame: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(frame, other) === 0;
}

/** Seconds of the picture that are asked for; nothing where the file does not say it. */
async function readSeconds(
  path: string,
  { startSeconds = 0, durationSeconds = Infinity }: PartOptions,
  controls: JobControls,
): Promise<number | undefined> {
  try {
    const { size } = await stat(path);
    if (size < leastBytes || !(await listsKeyFrames(path))) return undefined;
    const { durationSeconds: whole } = await probeVideo(path, controls);
    return whole === undefined ? undefined : Math.min(whole - startSeconds, durationSeconds);
  } catch (error) {
    // What is wrong with a file is found when it is read.
    if (controls.signal?.aborted === true) throw error;
    return undefined;
  }
}
