// Owns the mean training frame, gathered clip by clip in flat memory. Knows nothing of where the clips come from.
import { type ClipShape, clipLength, frameLength } from '../clip/clip.js';

/** Gathers one mean over all frames of all clips. */
export type MeanFrame = {
  /**
   * Adds the T frames of a clip `[T, H, W, C]`.
   * @throws {RangeError} where its length is not the shape's.
   */
  readonly add: (clip: Uint8Array) => void;
  /**
   * `[H, W, C]`, 0 to 255.
   * @throws {RangeError} where no clip was added.
   */
  readonly result: () => Float32Array<ArrayBuffer>;
};

/** The mean frame of clips of one shape. */
export function createMeanFrame(shape: ClipShape): MeanFrame {
  const sums = new Float64Array(frameLength(shape));
  let frames = 0;
  return {
    add: (clip) => {
      if (clip.length !== clipLength(shape)) {
        throw new RangeError(`a clip must have ${clipLength(shape)} values, got ${clip.length}`);
      }
      for (let start = 0; start < clip.length; start += sums.length) {
        for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] ?? 0) + (clip[start + index] ?? 0);
      }
      frames += shape.frames;
    },
    result: () => {
      if (frames === 0) throw new RangeError('a mean frame needs at least one clip, got none');
      return Float32Array.from(sums, (sum) => sum / frames);
    },
  };
}
