// Owns the comparison of two lists of numbers of one scale.
import { expect } from 'chai';

/** Each number of `actual` differs from `expected` by at most `tolerance` times the largest number of `expected`. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = 'values',
): void {
  expect(actual.length, what).to.equal(expected.length);
  const distances = Array.from(expected, (value, index) => Math.abs((actual[index] ?? Number.NaN) - value));
  const scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const wrong = distances.findIndex((distance) => !(distance <= tolerance * scale));
  if (wrong >= 0)
    expect(actual[wrong], `${what}[${wrong}]`).to.be.closeTo(expected[wrong] ?? Number.NaN, tolerance * scale);
}
