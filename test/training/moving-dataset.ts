// Owns a dataset of small clips in which something moves, so that there is something to learn.
import type { ClipOptions } from '../../lib/dataset/dataset-files.js';
import { makeDataset, madeOptions } from '../dataset/made-dataset.js';

/** 4 frames of 16 × 16 pixels. */
const smallClips: ClipOptions = { ...madeOptions, size: 16 };

/** Waves that run to the right, each clip with a phase of its own; so many clips of each video. */
export function makeMovingDataset(
  folder: string,
  clipsOfVideos: readonly number[],
  options: ClipOptions = smallClips,
): Promise<string> {
  const { size } = options;
  return makeDataset(folder, clipsOfVideos, options, (row, length) =>
    Uint8Array.from({ length }, (_, index) => {
      const column = Math.floor(index / 3) % size;
      const frame = Math.floor(index / (3 * size * size));
      return 128 + 100 * Math.sin((column - 2 * frame + 5 * row) / 2.5);
    }),
  );
}
