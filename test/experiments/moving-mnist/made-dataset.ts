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

/** The dataset of a world and a seed; models read RGB, so that grey clips say the same value three times. */
export function createMadeDataset(name: string, world: World, digits: Digits, key: Omit<ClipKey, 'row'>): Dataset {
  const shape = clipShapeOfWorld(world);
  const clipBytes = clipLength(shape);
  const rgbBytes = (clipBytes / shape.channels) * 3;
  const drawn = new Uint8Array(clipBytes);
  const fingerprint = createHash('sha256')
    .update(JSON.stringify({ world, ...key }))
    .update(digits)
    .digest('hex');
  const record = { video: name, startSeconds: 0, shard: '', row: 0 };
  return {
    ...{ folder: name, fps, stride: 1, fit: 'stretch', fingerprint },
    shape: { ...shape, channels: 3 },
    // All are one video, since nothing of it is kept for validation.
    clips: new Array(rows).fill(record),
    readClips(wanted, into) {
      for (const [place, row] of [...wanted].entries()) {
        drawClip(world, digits, { ...key, row }, drawn);
        into.set(toRgb(drawn, shape.channels), place * rgbBytes);
      }
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Grey values three times each; RGB as it is. */
export function toRgb(clip: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return clip;
  const rgb = new Uint8Array(clip.length * 3);
  for (let index = 0, target = 0; index < clip.length; index++) {
    const value = clip[index] ?? 0;
    rgb[target++] = value;
    rgb[target++] = value;
    rgb[target++] = value;
  }
  return rgb;
}

/** What `toRgb` was given: grey is the mean of the three values; RGB as it is. */
export function fromRgb(clip: Float32Array, channels: number): Float32Array {
  if (channels === 3) return clip;
  const grey = new Float32Array(clip.length / 3);
  for (let index = 0, source = 0; index < grey.length; index++, source += 3) {
    grey[index] = ((clip[source] ?? 0) + (clip[source + 1] ?? 0) + (clip[source + 2] ?? 0)) / 3;
  }
  return grey;
}
