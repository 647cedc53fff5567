// Owns the moments at which a series of errors stands out. Knows nothing of how they were measured.

/** How wrong a prediction was, at a time. */
export type TimedError = {
  readonly seconds: number;
  /** At least 0. */
  readonly error: number;
};

/** A time at which the error stands out. */
export type Moment = TimedError & {
  /** The error in parts of the median of all. */
  readonly ratio: number;
};

/**
 * The largest errors, largest first, none nearer to another than `apartSeconds`: what follows a surprise belongs to it.
 * @param count how many at most
 */
export function findMoments(errors: readonly TimedError[], count: number, apartSeconds: number): readonly Moment[] {
  const median = medianOf(errors.map(({ error }) => error));
  const found: Moment[] = [];
  for (const one of [...errors].sort((first, second) => second.error - first.error || first.seconds - second.seconds)) {
    if (found.length === count) break;
    if (found.some(({ seconds }) => Math.abs(seconds - one.seconds) < apartSeconds)) continue;
    found.push({ ...one, ratio: one.error / median });
  }
  return found;
}

/** The middle one, or the mean of both; NaN of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  if (Number.isInteger(middle)) return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
  return sorted[Math.floor(middle)] ?? NaN;
}
