import { expect } from 'chai';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { chooseMask, createMaskMix } from '../../lib/masking/mask-mix.js';

const hides = ['future:8', 'gap:4', 'patches:0.75'].map(parseHide);

describe('mask mix', () => {
  it('chooses by the weights', () => {
    const mix = createMaskMix(hides, [5, 3, 2]);
    expect(mix.weights).to.deep.equal([0.5, 0.3, 0.2]);
    const counts = [0, 0, 0];
    for (let step = 0; step < 10_000; step++) {
      const chosen = chooseMask(mix, { seed: 1, step });
      counts[chosen] = (counts[chosen] ?? 0) + 1;
    }
    for (const [index, weight] of mix.weights.entries()) {
      expect(counts[index]).to.be.closeTo(10_000 * weight, 200);
    }
  });

  it('chooses all equally often by default', () => {
    expect(createMaskMix(hides).weights).to.deep.equal([1 / 3, 1 / 3, 1 / 3]);
  });

  it('is a function of seed and step', () => {
    const mix = createMaskMix(hides);
    const chosen = (seed: number) => Array.from({ length: 100 }, (_, step) => chooseMask(mix, { seed, step }));
    expect(chosen(4)).to.deep.equal(chosen(4));
    expect(chosen(4)).to.not.deep.equal(chosen(5));
  });

  it('refuses no expression, the wrong number of weights, and weights that are not above 0', () => {
    expect(() => createMaskMix([])).to.throw('at least once');
    expect(() => createMaskMix(hides, [1, 2])).to.throw('got 2 for 3');
    for (const weight of [0, -1, NaN, Infinity]) {
      expect(() => createMaskMix(hides, [1, weight, 1])).to.throw(`numbers above 0, got ${weight}`);
    }
  });
});
