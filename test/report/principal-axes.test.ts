import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { projectOnPrincipalAxes } from '../../lib/report/principal-axes.js';

describe('principal-axes', () => {
  it('finds the axes of points whose axes are known, in their order, with a fixed sign', () => {
    // Deviations 3 and 1 along (0.6, 0.8, 0) and (0, 0, −1), nothing along the third axis; shifted from the origin.
    const random = createRandom(0, 'test');
    const known = Array.from({ length: 400 }, () => ({ a: 3 * random.normal(), b: random.normal() }));
    const values = Float32Array.from(known.flatMap(({ a, b }) => [5 + 0.6 * a, 0.8 * a - 7, 2 - b]));
    const { points, explained } = projectOnPrincipalAxes(values, 3);
    const meanOf = (select: (point: { a: number; b: number }) => number) =>
      known.reduce((sum, point) => sum + select(point), 0) / known.length;
    const correlation = (one: readonly number[], other: readonly number[]) => {
      const dot = (x: readonly number[], y: readonly number[]) =>
        x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
      return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
    };
    const [meanA, meanB] = [meanOf(({ a }) => a), meanOf(({ b }) => b)];
    expect(
      correlation(
        points.map(({ x }) => x),
        known.map(({ a }) => a - meanA),
      ),
    ).to.be.above(0.995);
    expect(
      correlation(
        points.map(({ y }) => y),
        known.map(({ b }) => meanB - b),
      ),
    ).to.be.above(0.995);
    expect(explained[0] + explained[1]).to.be.closeTo(1, 1e-6);
    expect(explained[0]).to.be.closeTo(0.9, 0.02);
  });

  it('gives axes that do not correlate', () => {
    const random = createRandom(1, 'test');
    const values = Float32Array.from({ length: 50 * 20 }, () => random.normal());
    const { points } = projectOnPrincipalAxes(values, 20);
    expect(points.reduce((sum, { x, y }) => sum + x * y, 0)).to.be.closeTo(0, 1e-3);
    expect(points.reduce((sum, { x }) => sum + x, 0)).to.be.closeTo(0, 1e-3);
  });

  it('puts points that do not spread at 0', () => {
    const same = projectOnPrincipalAxes(new Float32Array(12).fill(3), 4);
    expect(same).to.deep.equal({ points: Array(3).fill({ x: 0, y: 0 }), explained: [0, 0] });
    const line = projectOnPrincipalAxes(new Float32Array([1, 2, 2, 4, 3, 6]), 2);
    expect(line.points.map(({ y }) => y)).to.deep.equal([0, 0, 0]);
    expect(line.points.map(({ x }) => x)[2]).to.be.closeTo(Math.sqrt(5), 1e-6);
    expect(projectOnPrincipalAxes(new Float32Array([7, 8]), 2).points).to.deep.equal([{ x: 0, y: 0 }]);
    expect(projectOnPrincipalAxes(new Float32Array(), 2).points).to.deep.equal([]);
  });

  it('refuses values that are no rows or not finite', () => {
    expect(() => projectOnPrincipalAxes(new Float32Array(5), 2)).to.throw(RangeError, 'rows of 2');
    expect(() => projectOnPrincipalAxes(new Float32Array([1, NaN]), 2)).to.throw(RangeError, 'finite');
  });
});
