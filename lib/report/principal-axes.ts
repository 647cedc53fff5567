// Owns the view of many-dimensional points on the plane in which they spread most. Knows nothing of what the points are.
import { createRandom } from '../clip/random.js';

/** Points on the plane of their first two principal axes. */
export type PrincipalView = {
  /** In the order of the points; the mean lies at (0, 0). */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The share of the variance along each axis, 0 to 1. */
  readonly explained: readonly [number, number];
};

const iterationLimit = 500;
const tolerance = 1e-12;

/**
 * Projects points on their first two principal components (Pearson 1901), found by power iteration. Deterministic: the
 * largest entry of each axis is positive. Where points do not spread along an axis they lie at 0 on it.
 * @param values `[n, D]`, row-major
 * @param width D, from 1
 * @throws {RangeError} where the values are no whole number of rows or not finite.
 */
export function projectOnPrincipalAxes(values: Float32Array, width: number): PrincipalView {
  const count = values.length / width;
  if (!Number.isInteger(count)) throw new RangeError(`${values.length} values are no whole number of rows of ${width}`);
  if (!values.every((value) => Number.isFinite(value))) throw new RangeError('each value must be finite');
  const rows = centre(values, count, width);
  const variance = rows.reduce((sum, row) => sum + dot(row, row), 0);
  const axes: Float64Array[] = [];
  for (let index = 0; index < 2; index++) axes.push(findAxis(rows, width, axes, variance));
  const along = axes.map((axis) => rows.map((row) => dot(row, axis)));
  const share = (index: number) => {
    const squares = (along[index] ?? []).reduce((sum, place) => sum + place * place, 0);
    return variance > 0 ? squares / variance : 0;
  };
  const points = rows.map((_, row) => ({ x: along[0]?.[row] ?? 0, y: along[1]?.[row] ?? 0 }));
  return { points, explained: [share(0), share(1)] };
}

function centre(values: Float32Array, count: number, width: number): Float64Array[] {
  const mean = new Float64Array(width);
  values.forEach((value, index) => {
    mean[index % width] = (mean[index % width] ?? 0) + value / count;
  });
  return Array.from({ length: count }, (_, row) =>
    Float64Array.from(values.subarray(row * width, (row + 1) * width), (value, column) => value - (mean[column] ?? 0)),
  );
}

/** The unit vector, at right angles to the given ones, along which the rows spread most; zeros where they do not. */
function findAxis(rows: readonly Float64Array[], width: number, others: readonly Float64Array[], variance: number) {
  const random = createRandom(0, 'principal-axes', others.length);
  let axis = new Float64Array(width).map(() => random.normal());
  normalise(axis, others);
  for (let iteration = 0; iteration < iterationLimit; iteration++) {
    // v ← XᵀX v / ‖XᵀX v‖, kept at right angles to the axes before it
    const next = new Float64Array(width);
    for (const row of rows) addScaled(next, row, dot(row, axis));
    if (normalise(next, others) <= 1e-12 * variance) return new Float64Array(width);
    const change = 1 - Math.abs(dot(next, axis));
    axis = next;
    if (change < tolerance) break;
  }
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

/** Makes a vector a unit vector at right angles to the others, in place; returns how long it was once at right angles. */
function normalise(vector: Float64Array, others: readonly Float64Array[]): number {
  for (const other of others) addScaled(vector, other, -dot(vector, other));
  const length = Math.sqrt(dot(vector, vector));
  vector.forEach((value, index) => {
    vector[index] = length > 0 ? value / length : 0;
  });
  return length;
}

function addScaled(target: Float64Array, vector: Float64Array, factor: number): void {
  vector.forEach((value, index) => {
    target[index] = (target[index] ?? 0) + value * factor;
  });
}

function dot(one: Float64Array, other: Float64Array): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
