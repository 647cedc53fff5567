// Owns which clips are for training and which for validation. Knows nothing of pixels.
import { createRandom } from '../clip/random.js';
import type { Dataset } from './open-dataset.js';

/** How a dataset is split. */
export type SplitOptions = {
  /** The part of the clips that is for validation, in [0, 1). 0: none. */
  readonly validation: number;
  /** Decides which videos. */
  readonly seed: number;
};

/** Rows of a dataset, each ascending, none in both. */
export type Split = { readonly train: Int32Array; readonly validation: Int32Array };

/**
 * Splits by source video, so that no video is on both sides: whole videos are taken in an order drawn from the seed while
 * they bring the part nearer to what was asked. With at least two videos each side gets at least one. With only one, its
 * last clips in time are for validation, and clips that share time with those are in neither.
 * @throws {RangeError} where `validation` is not in [0, 1).
 */
export function splitByVideo(
  dataset: Pick<Dataset, 'clips' | 'shape' | 'fps' | 'stride'>,
  { validation, seed }: SplitOptions,
): Split {
  if (!(validation >= 0 && validation < 1)) throw new RangeError(`validation must be in [0, 1), got ${validation}`);
  const byVideo = new Map<string, number[]>();
  for (const [row, { video }] of dataset.clips.entries()) {
    const rows = byVideo.get(video);
    if (rows) rows.push(row);
    else byVideo.set(video, [row]);
  }
  const all = Int32Array.from(dataset.clips.keys());
  if (validation === 0) return { train: all, validation: new Int32Array(0) };
  const wanted = validation * all.length;
  if (byVideo.size < 2) return splitByTime(dataset, all, wanted);

  const videos = [...byVideo.values()];
  const order = createRandom(seed, 'split').shuffle(Int32Array.from(videos.keys()));
  const taken = new Set<number>();
  let count = 0;
  for (const index of order) {
    const more = videos[index]?.length ?? 0;
    const isNearer = Math.abs(count + more - wanted) < Math.abs(count - wanted);
    if (!isNearer || taken.size === videos.length - 1) continue;
    taken.add(index);
    count += more;
  }
  // Every video is too large for so small a part: the smallest one, the first drawn of those.
  if (taken.size === 0) taken.add([...order].reduce((best, index) => (size(index) < size(best) ? index : best)));
  function size(index: number): number {
    return videos[index]?.length ?? 0;
  }
  const rowsOf = (isTaken: boolean) =>
    Int32Array.from(videos.flatMap((rows, index) => (taken.has(index) === isTaken ? rows : []))).sort();
  return { train: rowsOf(false), validation: rowsOf(true) };
}

function splitByTime(
  { clips, shape, fps, stride }: Pick<Dataset, 'clips' | 'shape' | 'fps' | 'stride'>,
  all: Int32Array,
  wanted: number,
): Split {
  if (all.length < 2) return { train: all, validation: new Int32Array(0) };
  const start = (row: number) => clips[row]?.startSeconds ?? 0;
  const inTime = [...all].sort((left, right) => start(left) - start(right));
  const count = Math.min(all.length - 1, Math.max(1, Math.round(wanted)));
  const validation = inTime.slice(all.length - count);
  const spanSeconds = ((shape.frames - 1) * stride + 1) / fps;
  const limit = start(validation[0] ?? 0) + 1e-9;
  const train = inTime.filter((row) => start(row) + spanSeconds <= limit);
  // Clips that all overlap cannot be kept apart; then there is no validation.
  if (train.length === 0) return { train: all, validation: new Int32Array(0) };
  return { train: Int32Array.from(train).sort(), validation: Int32Array.from(validation).sort() };
}
