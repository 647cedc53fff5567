import { expect } from 'chai';
import fc from 'fast-check';
import { type ColourFactors, jitterColour } from '../../lib/clip/jitter-colour.js';

const grey = (pixel: readonly number[]) => 0.299 * (pixel[0] ?? 0) + 0.587 * (pixel[1] ?? 0) + 0.114 * (pixel[2] ?? 0);

/** U and V, turned by a part of the circle, and the same grey. */
function turn(pixel: readonly number[], hue: number): number[] {
  const y = grey(pixel);
  const [u, v] = [0.492 * ((pixel[2] ?? 0) - y), 0.877 * ((pixel[0] ?? 0) - y)];
  const [cosine, sine] = [Math.cos(2 * Math.PI * hue), Math.sin(2 * Math.PI * hue)];
  const [red, blue] = [y + (v * cosine + u * sine) / 0.877, y + (u * cosine - v * sine) / 0.492];
  return [red, (y - 0.299 * red - 0.114 * blue) / 0.587, blue];
}

/** The four steps one after the other, on pixels of real numbers. */
function naively(pixels: readonly (readonly number[])[], { brightness, contrast, saturation, hue }: ColourFactors) {
  const bright = pixels.map((pixel) => pixel.map((value) => brightness * value));
  const mean = bright.reduce((sum, pixel) => sum + grey(pixel), 0) / bright.length;
  const contrasted = bright.map((pixel) => pixel.map((value) => contrast * value + (1 - contrast) * mean));
  return contrasted.flatMap((pixel) =>
    turn(
      pixel.map((value) => saturation * value + (1 - saturation) * grey(pixel)),
      hue,
    ),
  );
}

const factor = fc.double({ min: 0, max: 2, noNaN: true });
const hue = fc.double({ min: -0.5, max: 0.5, noNaN: true });
const factors = fc.record({ brightness: factor, contrast: factor, saturation: factor, hue });
const pixel = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));

describe('jitterColour', () => {
  it('gives what its four steps give, rounded and cut off once', () => {
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 1, maxLength: 20 }), factors, (pixels, given) => {
        const made = Uint8Array.from(pixels.flat());
        jitterColour(made, given, 3);
        naively(pixels, given).forEach((value, index) => {
          expect(made[index]).to.be.closeTo(Math.min(255, Math.max(0, value)), 0.52);
        });
      }),
      { seed: 1 },
    );
  });

  it('leaves all as it is at 1, and comes to the ends at 0 and 2', () => {
    const pixels = Uint8Array.from({ length: 300 }, (_, index) => index * 7);
    const changed = (changes: Partial<ColourFactors>) => {
      const made = pixels.slice();
      jitterColour(made, { brightness: 1, contrast: 1, saturation: 1, hue: 0, ...changes }, 3);
      return made;
    };
    expect(changed({})).to.deep.equal(pixels);
    expect(new Set(changed({ brightness: 0 }))).to.deep.equal(new Set([0]));
    expect(changed({ brightness: 2 })).to.deep.equal(pixels.map((value) => Math.min(255, 2 * value)));
    expect(new Set(changed({ contrast: 0 })).size).to.equal(1);
    const grey = changed({ saturation: 0 });
    for (let at = 0; at < 300; at += 3) expect(new Set(grey.slice(at, at + 3)).size).to.equal(1);
  });

  it('makes red green and blue by thirds of the circle, and leaves grey alone', () => {
    const largest = (hue: number) => {
      const made = Uint8Array.of(200, 60, 60, 90, 90, 90);
      jitterColour(made, { brightness: 1, contrast: 1, saturation: 1, hue }, 3);
      expect([...made.slice(3)]).to.deep.equal([90, 90, 90]);
      return made.indexOf(Math.max(...made.slice(0, 3)));
    };
    expect([0, 1 / 3, -1 / 3].map(largest)).to.deep.equal([0, 1, 2]);
  });

  it('changes grey clips as it changes equal colours, whatever saturation and hue are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), factors, (pixels, given) => {
        const made = pixels.slice();
        jitterColour(made, given, 1);
        naively(
          Array.from(pixels, (value) => [value, value, value]),
          given,
        ).forEach((value, index) => {
          expect(made[Math.floor(index / 3)]).to.be.closeTo(Math.min(255, Math.max(0, value)), 0.52);
        });
      }),
      { seed: 1 },
    );
  });

  it('changes only its own part of a memory', () => {
    const memory = new Uint8Array(12).fill(50);
    jitterColour(memory.subarray(3, 9), { brightness: 2, contrast: 1, saturation: 1, hue: 0 }, 3);
    expect([...memory]).to.deep.equal([50, 50, 50, 100, 100, 100, 100, 100, 100, 50, 50, 50]);
  });
});
