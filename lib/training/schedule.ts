// Owns the learning rate of each step. Knows nothing of what is learned.

/** What the rate follows. */
export type Schedule = {
  /** The highest rate. */
  readonly learningRate: number;
  readonly warmUpSteps: number;
  /** What it follows after it has risen. Default `cosine`. */
  readonly schedule?: 'cosine' | 'constant';
  /** Where the cosine ends. Default 0. */
  readonly minLearningRate?: number;
};

/**
 * Linear warm-up, then half a cosine down to the least rate (Loshchilov and Hutter 2017, equation 5), or the highest rate
 * throughout.
 * @param step from 0
 * @param progress how much of the whole run is done, 0 to 1
 */
export function learningRateAt(
  { learningRate, warmUpSteps, schedule = 'cosine', minLearningRate = 0 }: Schedule,
  step: number,
  progress: number,
): number {
  const warm = Math.min(1, (step + 1) / (warmUpSteps + 1));
  if (schedule === 'constant') return warm * learningRate;
  const share = 0.5 * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, progress))));
  return warm * (minLearningRate + (learningRate - minLearningRate) * share);
}

/**
 * The part of the old average of the weights that stays at a step: at the start, where the average is still of the first values,
 * less than asked for (as TensorFlow's ExponentialMovingAverage does with `num_updates`).
 * @param step from 0
 */
export function averageDecayAt(average: number, step: number): number {
  return Math.min(average, (1 + step) / (10 + step));
}
