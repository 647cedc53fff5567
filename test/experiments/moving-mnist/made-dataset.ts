// Owns clips for training that are drawn when they are read: a dataset without a disk and, for any training that one waits for, without
// an end. Knows nothing of what learns from it.
import { createHash } from 'node:crypto';
import { clipLength } from '../../../dist/clip/clip.js';
import type { Dataset } from '../../../dist/dataset/open-dataset.js';
import type { Digits } from './digits.js';
import { type ClipKey, clipShapeOfWorld, drawClip, type World } from './draw-clip.js';

/** Rows; at 300 clips a second a training comes round to the first one after 29 minutes. */
const rows = 2 ** 19;

/** Frames a second that the clips are said to have. */
const fps = 10;

/** The dataset of a world and a seed. */
export function createMadeDataset(name: string, world: World, digits: Digits, key: Omit<ClipKey, 'row'>): Dataset {
  const shape = clipShapeOfWorld(world);
  const clipBytes = clipLength(shape);
  const fingerprint = createHash('sha256')
    .update(JSON.stringify({ world, ...key }))
    .update(digits)
    .digest('hex');
  const record = { video: name, startSeconds: 0, shard: '', row: 0 };
  return {
    ...{ folder: name, fps, stride: 1, fit: 'stretch', fingerprint },
    shape,
    // All are one video, since nothing of it is kept for validation.
    clips: new Array(rows).fill(record),
    readClips(wanted, into) {
      for (const [place, row] of [...wanted].entries()) {
        drawClip(world, digits, { ...key, row }, into.subarray(place * clipBytes, (place + 1) * clipBytes));
      }
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
