import { expect } from 'chai';
import fc from 'fast-check';
import { greyOf, greyWeights, toRgb } from '../../lib/clip/grey.js';

const bytes = fc.uint8Array({ maxLength: 60 });

describe('greyOf', () => {
  it('weighs the colours as BT.601 does, to the nearest value', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255))), (pixels) => {
        const grey = greyOf(Uint8Array.from(pixels.flat()));
        expect(grey).to.have.length(pixels.length);
        for (const [index, pixel] of pixels.entries()) {
          const exact = pixel.reduce((sum, value, colour) => sum + value * (greyWeights[colour] ?? 0), 0);
          expect(grey[index]).to.be.closeTo(exact, 0.502);
        }
      }),
    );
  });

  it('gives what Pillow’s `L` gives', () => {
    const colours = Uint8Array.of(...[255, 0, 0, 0, 255, 0, 0, 0, 255, 12, 200, 99, 255, 255, 255]);
    expect([...greyOf(colours)]).to.deep.equal([76, 150, 29, 132, 255]);
  });

  it('leaves equal values as they are, so that grey goes to RGB and back', () => {
    fc.assert(
      fc.property(bytes, (grey) => {
        expect(greyOf(toRgb(grey, 1))).to.deep.equal(Uint8Array.from(grey));
      }),
    );
  });
});

describe('toRgb', () => {
  it('says each grey value three times, and leaves RGB alone', () => {
    const pixels = Uint8Array.of(0, 7, 255);
    expect([...toRgb(pixels, 1)]).to.deep.equal([0, 0, 0, 7, 7, 7, 255, 255, 255]);
    expect(toRgb(pixels, 3)).to.equal(pixels);
  });
});
