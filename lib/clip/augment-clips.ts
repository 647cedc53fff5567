// Owns the changing of the clips of a batch, where they lie. Knows nothing of where they come from and how the changes are drawn.
import { type ClipShape, clipLength } from './clip.js';
import type { Augmentation } from './draw-augmentation.js';
import { flipClip } from './flip-clip.js';
import { jitterColour } from './jitter-colour.js';
import { createResampler } from './resample-clip.js';

/**
 * Changes a batch in place. `pixels` has room for one clip for each augmentation and begins with one clip for every `repeat` of
 * them: each is changed in `repeat` ways, one after the other, in the order of the clips.
 * @throws {RangeError} where `pixels` is of another length, or `repeat` does not divide the batch.
 */
export type AugmentClips = (pixels: Uint8Array, augmentations: readonly Augmentation[], repeat: number) => void;

/** Holds the memory that it takes: a clip, and a picture or two. */
export function createAugmenter(shape: ClipShape): AugmentClips {
  const length = clipLength(shape);
  const original = new Uint8Array(length);
  const resample = createResampler(shape, shape);
  const change = (clip: Uint8Array, { isMirrored, window, colour }: Augmentation): void => {
    if (window) resample(original, window, clip, isMirrored);
    else {
      clip.set(original);
      if (isMirrored) flipClip(clip, shape);
    }
    if (colour) jitterColour(clip, colour, shape.channels);
  };
  return (pixels, augmentations, repeat) => {
    const count = augmentations.length;
    if (pixels.length !== count * length || count % repeat !== 0) {
      throw new RangeError(`${count} clips, ${repeat} of each, take ${count * length} bytes, got ${pixels.length}`);
    }
    if (repeat === 1 && augmentations.every(({ window }) => window === undefined)) {
      augmentations.forEach(({ isMirrored, colour }, place) => {
        const clip = pixels.subarray(place * length, (place + 1) * length);
        if (isMirrored) flipClip(clip, shape);
        if (colour) jitterColour(clip, colour, shape.channels);
      });
      return;
    }
    // From the end: what comes out never lies over what is still to be read.
    for (let sample = count / repeat - 1; sample >= 0; sample--) {
      original.set(pixels.subarray(sample * length, (sample + 1) * length));
      for (let place = sample * repeat; place < (sample + 1) * repeat; place++) {
        const augmentation = augmentations[place];
        if (augmentation) change(pixels.subarray(place * length, (place + 1) * length), augmentation);
      }
    }
  };
}
