import { expect } from 'chai';
import fc from 'fast-check';
import { clipLength } from '../../lib/clip/clip.js';
import { flipClip } from '../../lib/clip/flip-clip.js';

describe('flipClip', () => {
  it('turns each line of each frame round and keeps the channels of a pixel in order', () => {
    // Two frames of one line of three pixels.
    const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19);
    flipClip(pixels, { frames: 2, height: 1, width: 3, channels: 3 });
    expect([...pixels]).to.deep.equal([7, 8, 9, 4, 5, 6, 1, 2, 3, 17, 18, 19, 14, 15, 16, 11, 12, 13]);
    const lines = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    flipClip(lines, { frames: 1, height: 2, width: 4, channels: 1 });
    expect([...lines]).to.deep.equal([4, 3, 2, 1, 8, 7, 6, 5]);
  });

  it('puts each pixel in the place that mirrors its own, and back again', () => {
    const side = fc.integer({ min: 1, max: 13 });
    const shapes = fc.record({ frames: side, height: side, width: side, channels: fc.constantFrom(1, 3) });
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, salt) => {
        const original = Uint8Array.from({ length: clipLength(shape) }, (_, index) => (index * 37 + salt) & 255);
        // Words can be taken together only where they lie well.
        const memory = new Uint8Array(original.length + 8).fill(9);
        const start = salt % 5;
        const pixels = memory.subarray(start, start + original.length);
        pixels.set(original);
        flipClip(pixels, shape);
        for (const [index, value] of original.entries()) {
          const channel = index % shape.channels;
          const column = Math.floor(index / shape.channels) % shape.width;
          const line = Math.floor(index / shape.channels / shape.width);
          const mirrored = (line * shape.width + shape.width - 1 - column) * shape.channels + channel;
          expect(pixels[mirrored]).to.equal(value);
        }
        flipClip(pixels, shape);
        expect(pixels).to.deep.equal(original);
        expect(new Set([...memory.slice(0, start), ...memory.slice(start + original.length)])).to.deep.equal(
          new Set([9]),
        );
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
