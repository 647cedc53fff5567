// Owns the learning rate of each step. Knows nothing of what is learned.

/** What the rate follows. */
export type Schedule = {
  /** The highest rate. */
  readonly learningRate: number;
  readonly warmUpSteps: number;
};

/**
 * Linear warm-up, then half a cosine down to 0 (Loshchilov and Hutter 2017, equation 5).
 * @param step from 0
 * @param progress how much of the whole run is done, 0 to 1
 */
export function learningRateAt({ learningRate, warmUpSteps }: Schedule, step: number, progress: number): number {
  const warm = Math.min(1, (step + 1) / (warmUpSteps + 1));
  return learningRate * warm * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, progress))));
}
