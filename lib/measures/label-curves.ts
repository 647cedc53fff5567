// Owns accuracies over the number of labels: their means with intervals, and where one curve reaches what another has. Knows nothing of
// models.

/** The mean of several draws. */
export type MeanInterval = {
  readonly mean: number;
  /** Half the width of its 95 % interval, by Student's t; absent of a single value. */
  readonly half?: number;
};

/** A point of a curve. */
export type CurvePoint = {
  /** Above 0. */
  readonly labels: number;
  readonly value: number;
};

/** The 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const quantiles = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
] as const;

/** @throws {RangeError} of no values */
export function meanInterval(values: readonly number[]): MeanInterval {
  if (values.length === 0) throw new RangeError('there are no values');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const freedom = values.length - 1;
  if (freedom === 0) return { mean };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  // Above the table, to the third decimal.
  const quantile = quantiles[freedom - 1] ?? 1.96 + 2.42 / freedom;
  return { mean, half: quantile * Math.sqrt(variance / values.length) };
}

/**
 * How many labels a curve needs for a value, interpolated between its points on a logarithmic axis.
 * @param curve by ascending labels
 * @returns nothing where no point comes so high; the first point's where that is already so high
 */
export function labelsToReach(curve: readonly CurvePoint[], value: number): number | undefined {
  const place = curve.findIndex((point) => point.value >= value);
  const [before, after] = [curve[place - 1], curve[place]];
  if (after === undefined || before === undefined) return after?.labels;
  const part = (value - before.value) / (after.value - before.value);
  return before.labels * (after.labels / before.labels) ** part;
}
