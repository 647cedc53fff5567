import { expect } from 'chai';
import fc from 'fast-check';
import { createGradientSum } from '../../lib/engine/gradient-sum.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { drawNumbers } from './small-model.js';

const layout = layOutParameters([
  { name: 'w', shape: [2], decay: true },
  { name: 'b', shape: [1], decay: false },
]);

describe('createGradientSum', () => {
  it('adds each gradient times its weight', () => {
    const sum = createGradientSum(layout);
    sum.add(Float32Array.of(1, 2, 3), 0.5);
    sum.add(Float32Array.of(10, -20, 0), 0.25);
    sum.add(Float32Array.of(0, 0, 8), -1);
    expect(sum.take()).to.deep.equal(Float32Array.of(3, -4, -6.5));
  });

  it('agrees with sums in float64, however many and whatever their weights', () => {
    const weights = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.integer(), (each, seed) => {
        const sum = createGradientSum(layout);
        const expected = [0, 0, 0];
        for (const [index, weight] of each.entries()) {
          const gradients = drawNumbers(3, seed + index);
          sum.add(gradients, weight);
          gradients.forEach((value, at) => (expected[at] = (expected[at] ?? Number.NaN) + weight * value));
        }
        for (const [at, value] of sum.take().entries()) expect(value).to.be.closeTo(expected[at] ?? Number.NaN, 1e-5);
      }),
      { seed: 1 },
    );
  });

  it('begins anew after it was taken, in the same memory, and leaves what it was given alone', () => {
    const sum = createGradientSum(layout);
    const [one, other] = [Float32Array.of(1, 2, 3), Float32Array.of(Number.NaN, Infinity, 5)];
    sum.add(other, 1);
    const taken = sum.take();
    expect(taken).to.deep.equal(Float32Array.of(Number.NaN, Infinity, 5));
    // Nothing of the first is left, not even what is no number.
    sum.add(one, 2);
    const again = sum.take();
    expect(again).to.equal(taken);
    expect(again).to.deep.equal(Float32Array.of(2, 4, 6));
    expect(one).to.deep.equal(Float32Array.of(1, 2, 3));
  });

  it('is the sum of nothing before the first, and after it was taken', () => {
    const sum = createGradientSum(layout);
    expect(sum.take()).to.deep.equal(new Float32Array(3));
    sum.add(Float32Array.of(1, 2, 3), 1);
    sum.take();
    expect(sum.take()).to.deep.equal(new Float32Array(3));
  });

  it('refuses more or fewer gradients than there are parameters, and keeps its sum', () => {
    const sum = createGradientSum(layout);
    sum.add(Float32Array.of(1, 2, 3), 1);
    for (const length of [0, 2, 4]) {
      expect(() => sum.add(new Float32Array(length), 1)).to.throw(
        RangeError,
        `the gradients must be 3 values, got ${length}`,
      );
    }
    expect(sum.take()).to.deep.equal(Float32Array.of(1, 2, 3));
  });
});
