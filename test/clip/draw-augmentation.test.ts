import { expect } from 'chai';
import fc from 'fast-check';
import { drawAugmentations, isAugmented } from '../../lib/clip/draw-augmentation.js';
import { createRandom } from '../../lib/clip/random.js';

const shape = { frames: 4, height: 48, width: 64, channels: 3 };
const all = { flip: true, crop: 0.5, colour: 0.4, hue: 0.1 };

describe('drawAugmentations', () => {
  it('follows from the seed, the step and the place alone', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 9 }), (seed, step, count) => {
        const drawn = drawAugmentations(all, shape, { seed, step, count });
        expect(drawn).to.have.length(count);
        expect(drawAugmentations(all, shape, { seed, step, count: 9 }).slice(0, count)).to.deep.equal(drawn);
      }),
      { seed: 1 },
    );
    const [one, ...others] = [
      [1, 1],
      [1, 2],
      [2, 1],
    ].map(([seed = 0, step = 0]) => drawAugmentations(all, shape, { seed, step, count: 4 }));
    for (const other of others) expect(other).not.to.deep.equal(one);
    expect(new Set(one?.map((drawn) => JSON.stringify(drawn))).size).to.equal(4);
  });

  it('cuts out windows within the picture, of the asked share and proportions, from all over it', () => {
    const shares: number[] = [];
    const places = { left: 0, right: 0, top: 0, bottom: 0 };
    for (let step = 0; step < 100; step++) {
      for (const { window } of drawAugmentations(all, shape, { seed: 3, step, count: 10 })) {
        if (window === undefined) throw new Error('nothing was cut out');
        const { left, top, width, height } = window;
        expect(left >= 0 && top >= 0 && left + width <= 64 && top + height <= 48).to.equal(true);
        shares.push((width * height) / (48 * 64));
        // Rounding to whole pixels moves both a little.
        expect(width / 64 / (height / 48)).to.be.within(0.75 * 0.96, (4 / 3) * 1.04);
        if (left === 0) places.left += 1;
        if (left + width === 64) places.right += 1;
        if (top === 0) places.top += 1;
        if (top + height === 48) places.bottom += 1;
      }
    }
    expect(Math.min(...shares)).to.be.within(0.48, 0.52);
    expect(Math.max(...shares)).to.be.above(0.95);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    // Even from 0.5 to 1 would be 0.75; wide and tall ones of large area do not fit.
    expect(mean).to.be.within(0.68, 0.75);
    for (const count of Object.values(places)) expect(count).to.be.within(20, 500);
  });

  it('takes the whole picture where nothing else fits', () => {
    const line = { ...shape, height: 1, width: 1 };
    for (const { window } of drawAugmentations({ ...all, crop: 1e-9 }, line, { seed: 1, step: 1, count: 20 })) {
      expect(window).to.deep.equal({ left: 0, top: 0, width: 1, height: 1 });
    }
  });

  it('draws colours around 1, as far as asked', () => {
    const drawn = drawAugmentations(all, shape, { seed: 5, step: 0, count: 400 });
    for (const name of ['brightness', 'contrast', 'saturation'] as const) {
      const factors = drawn.map(({ colour }) => colour?.[name] ?? Number.NaN);
      expect(Math.min(...factors)).to.be.within(0.6, 0.62);
      expect(Math.max(...factors)).to.be.within(1.38, 1.4);
    }
    const hues = drawn.map(({ colour }) => colour?.hue ?? Number.NaN);
    expect(Math.min(...hues)).to.be.within(-0.1, -0.095);
    expect(Math.max(...hues)).to.be.within(0.095, 0.1);
    const [turned] = drawAugmentations({ ...all, colour: 0 }, shape, { seed: 5, step: 0, count: 1 });
    expect(turned?.colour).to.include({ brightness: 1, contrast: 1, saturation: 1, hue: hues[0] });
  });

  it('mirrors by a stream of the step, and leaves out what is not asked for', () => {
    const random = createRandom(7, 'flip', 3);
    const expected = Array.from({ length: 20 }, () => ({ isMirrored: random.integer(2) === 1 }));
    const none = { flip: false, crop: 1, colour: 0, hue: 0 };
    expect(drawAugmentations({ ...none, flip: true }, shape, { seed: 7, step: 3, count: 20 })).to.deep.equal(expected);
    expect(drawAugmentations(none, shape, { seed: 7, step: 3, count: 2 })).to.deep.equal([
      { isMirrored: false },
      { isMirrored: false },
    ]);
    expect(
      [none, { ...none, flip: true }, { ...none, crop: 0.9 }, { ...none, colour: 0.1 }, { ...none, hue: 0.1 }].map(
        isAugmented,
      ),
    ).to.deep.equal([false, true, true, true, true]);
  });
});
