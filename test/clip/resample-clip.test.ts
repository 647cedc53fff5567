import { expect } from 'chai';
import fc from 'fast-check';
import { clipLength, type ClipShape } from '../../lib/clip/clip.js';
import { flipClip } from '../../lib/clip/flip-clip.js';
import { createResampler, type PictureWindow } from '../../lib/clip/resample-clip.js';
import { openResampleKernel } from '../../lib/clip/resample-kernel.js';

type Case = { readonly from: ClipShape; readonly to: ClipShape; readonly window: PictureWindow };

const noise = (length: number, salt: number) =>
  Uint8Array.from({ length }, (_, index) => ((index + salt) * 2_654_435_761) >>> 11);

/** What one value is, by its definition: a sum over all of the window. */
function exactValue(source: Uint8Array, { from, to, window }: Case, at: readonly [number, number, number, number]) {
  const [frame, line, column, channel] = at;
  const weigh = (place: number, length: number, size: number) => {
    const scale = length / size;
    const weights = Array.from({ length }, (_, pixel) =>
      Math.max(0, 1 - Math.abs(pixel + 0.5 - (place + 0.5) * scale) / Math.max(1, scale)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  };
  const across = weigh(column, window.width, to.width);
  let value = 0;
  weigh(line, window.height, to.height).forEach((down, y) =>
    across.forEach((weight, x) => {
      const pixel = (frame * from.height + window.top + y) * from.width + window.left + x;
      value += down * weight * (source[pixel * from.channels + channel] ?? Number.NaN);
    }),
  );
  return value;
}

const side = fc.integer({ min: 1, max: 24 });
const cases: fc.Arbitrary<Case> = fc
  .record({ height: side, width: side, newHeight: side, newWidth: side, channels: fc.constantFrom(1, 3) })
  .chain(({ height, width, newHeight, newWidth, channels }) =>
    fc.record({ top: fc.nat(height - 1), left: fc.nat(width - 1) }).chain(({ top, left }) =>
      fc.record({
        from: fc.constant({ frames: 2, height, width, channels }),
        to: fc.constant({ frames: 2, height: newHeight, width: newWidth, channels }),
        window: fc.record({
          ...{ top: fc.constant(top), left: fc.constant(left) },
          ...{ width: fc.integer({ min: 1, max: width - left }), height: fc.integer({ min: 1, max: height - top }) },
        }),
      }),
    ),
  );

function resample({ from, to, window }: Case, source: Uint8Array, isMirrored: boolean, isPlain: boolean): Uint8Array {
  const target = new Uint8Array(clipLength(to));
  createResampler(from, to, isPlain)(source, window, target, isMirrored);
  return target;
}

describe('createResampler', () => {
  it('gives what the definition gives, rounded', () => {
    fc.assert(
      fc.property(cases, fc.nat(), (given, salt) => {
        const { from, to } = given;
        const source = noise(clipLength(from), salt);
        const target = resample(given, source, false, false);
        for (const [index, value] of target.entries()) {
          const pixel = Math.floor(index / to.channels);
          const line = Math.floor(pixel / to.width);
          const place = [
            Math.floor(line / to.height),
            line % to.height,
            pixel % to.width,
            index % to.channels,
          ] as const;
          // Half for the rounding; weights of 11 bits may be off by 2⁻¹¹ or a few of it in each direction.
          const reach = Math.max(given.window.height / to.height, given.window.width / to.width, 1);
          expect(value).to.be.closeTo(exactValue(source, given, place), 0.5 + (255 * 2 * (1 + reach)) / 2048);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('gives the same bytes with the vector instructions and without', () => {
    expect(openResampleKernel(1)).to.have.property('memory');
    fc.assert(
      fc.property(cases, fc.nat(), fc.boolean(), (given, salt, isMirrored) => {
        const enlarging = { ...given, to: { ...given.to, width: given.from.width, height: given.from.height } };
        for (const one of [given, enlarging]) {
          const source = noise(clipLength(one.from), salt);
          expect(resample(one, source, isMirrored, false)).to.deep.equal(resample(one, source, isMirrored, true));
        }
      }),
      { numRuns: 300, seed: 2 },
    );
    const shape = { frames: 2, height: 65, width: 67, channels: 3 };
    for (const value of [0, 255]) {
      const source = new Uint8Array(clipLength(shape)).fill(value);
      const window = { left: 3, top: 5, width: 40, height: 50 };
      expect(new Set(resample({ from: shape, to: shape, window }, source, true, false))).to.deep.equal(
        new Set([value]),
      );
    }
  });

  it('does not look outside the window, and writes nothing but the target', () => {
    const shape = { frames: 2, height: 16, width: 16, channels: 3 };
    const window = { left: 4, top: 3, width: 9, height: 10 };
    const source = noise(clipLength(shape), 1);
    const painted = source.map((value, index) => {
      const [column, line] = [Math.floor(index / 3) % 16, Math.floor(index / 48) % 16];
      return column >= 4 && column < 13 && line >= 3 && line < 13 ? value : 255 - value;
    });
    const given = { from: shape, to: shape, window };
    expect(resample(given, painted, false, false)).to.deep.equal(resample(given, source, false, false));
    expect(source).to.deep.equal(noise(clipLength(shape), 1));
    const around = new Uint8Array(clipLength(shape) + 200).fill(7);
    createResampler(shape, shape)(source, window, around.subarray(100, -100), false);
    expect(new Set([...around.slice(0, 100), ...around.slice(-100)])).to.deep.equal(new Set([7]));
  });

  it('leaves the whole picture as it is, and mirrors', () => {
    const shape = { frames: 3, height: 12, width: 20, channels: 3 };
    const source = noise(clipLength(shape), 4);
    const whole = { from: shape, to: shape, window: { left: 0, top: 0, width: 20, height: 12 } };
    expect(resample(whole, source, false, false)).to.deep.equal(source);
    const part = { ...whole, window: { left: 5, top: 2, width: 11, height: 9 } };
    const flipped = resample(part, source, false, false);
    flipClip(flipped, shape);
    expect(resample(part, source, true, false)).to.deep.equal(flipped);
  });

  // Pillow 13.0.0: Image.fromarray(a).crop(window).resize(size, Image.BILINEAR), a[y, x, c] = (67y + 31x + 101c + 13xy) mod 256.
  const pillow: readonly (readonly [PictureWindow, number, readonly number[]])[] = [
    [
      { left: 1, top: 1, width: 4, height: 3 },
      7,
      [
        ...[111, 212, 57, 127, 136, 73, 152, 15, 98, 177, 22, 123, 202, 47, 148, 227, 72, 173, 243, 88, 189],
        ...[143, 142, 89, 161, 104, 107, 189, 45, 135, 166, 62, 163, 142, 90, 184, 171, 118, 153, 188, 136, 134],
        ...[191, 36, 137, 211, 56, 157, 244, 89, 190, 149, 122, 223, 53, 154, 237, 86, 187, 123, 106, 207, 52],
        ...[85, 84, 185, 108, 107, 153, 146, 144, 102, 132, 105, 129, 117, 65, 158, 154, 102, 137, 177, 125, 123],
        ...[15, 116, 217, 40, 141, 151, 80, 181, 44, 120, 93, 66, 160, 5, 106, 200, 45, 146, 225, 70, 171],
      ],
    ],
    [
      { left: 0, top: 0, width: 6, height: 5 },
      3,
      [92, 140, 113, 137, 111, 116, 136, 111, 140, 110, 119, 135, 120, 99, 132, 125, 100, 141],
    ],
  ];
  for (const [window, width, expected] of pillow) {
    it(`comes within one of Pillow, which rounds twice, to a width of ${width}`, () => {
      const from = { frames: 1, height: 5, width: 6, channels: 3 };
      const source = Uint8Array.from({ length: clipLength(from) }, (_, index) => {
        const [y, x, c] = [Math.floor(index / 18), Math.floor(index / 3) % 6, index % 3];
        return 67 * y + 31 * x + 101 * c + 13 * x * y;
      });
      const to = { frames: 1, height: expected.length / 3 / width, width, channels: 3 };
      const made = resample({ from, to, window }, source, false, false);
      expected.forEach((value, index) => expect(made[index], String(index)).to.be.closeTo(value, 1));
    });
  }
});
