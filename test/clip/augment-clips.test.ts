import { expect } from 'chai';
import { createAugmenter } from '../../lib/clip/augment-clips.js';
import { clipLength } from '../../lib/clip/clip.js';
import { type Augmentation, drawAugmentations } from '../../lib/clip/draw-augmentation.js';
import { flipClip } from '../../lib/clip/flip-clip.js';
import { jitterColour } from '../../lib/clip/jitter-colour.js';
import { createResampler } from '../../lib/clip/resample-clip.js';

const shape = { frames: 2, height: 12, width: 16, channels: 3 };
const length = clipLength(shape);
const sources = Array.from({ length: 6 }, (_, clip) =>
  Uint8Array.from({ length }, (_value, index) => (index * 37 + clip * 91) & 255),
);

/** One clip changed step by step. */
function changed(source: Uint8Array, { window, isMirrored, colour }: Augmentation): Uint8Array {
  const clip = source.slice();
  if (window) createResampler(shape, shape, true)(source, window, clip, false);
  if (isMirrored) flipClip(clip, shape);
  if (colour) jitterColour(clip, colour, shape.channels);
  return clip;
}

describe('createAugmenter', () => {
  const options = { flip: true, crop: 0.4, colour: 0.3, hue: 0.2 };
  for (const repeat of [1, 2, 3, 6]) {
    it(`makes ${repeat} of each clip, in place and in order`, () => {
      const augmentations = drawAugmentations(options, shape, { seed: 1, step: repeat, count: 6 });
      const pixels = new Uint8Array(6 * length);
      sources.slice(0, 6 / repeat).forEach((source, sample) => pixels.set(source, sample * length));
      createAugmenter(shape)(pixels, augmentations, repeat);
      augmentations.forEach((augmentation, place) => {
        const expected = changed(sources[Math.floor(place / repeat)] ?? new Uint8Array(0), augmentation);
        expect(pixels.slice(place * length, (place + 1) * length), String(place)).to.deep.equal(expected);
      });
    });
  }

  it('copies where nothing is changed', () => {
    const pixels = new Uint8Array(2 * length);
    pixels.set(sources[0] ?? []);
    createAugmenter(shape)(pixels, [{ isMirrored: false }, { isMirrored: false }], 2);
    expect(pixels.slice(0, length)).to.deep.equal(sources[0]);
    expect(pixels.slice(length)).to.deep.equal(sources[0]);
  });

  it('refuses memory of another length, and a repeat that does not divide the batch', () => {
    const augment = createAugmenter(shape);
    const three = drawAugmentations(options, shape, { seed: 1, step: 0, count: 3 });
    expect(() => augment(new Uint8Array(3 * length - 1), three, 1)).to.throw(RangeError, `got ${3 * length - 1}`);
    expect(() => augment(new Uint8Array(3 * length), three, 2)).to.throw(RangeError, '3 clips, 2 of each');
  });
});
