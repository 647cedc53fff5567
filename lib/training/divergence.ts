// Owns the rule by which a training has diverged. Knows nothing of what is done then.
import type { Position } from '../run/position.js';

/** What the rule remembers of the steps before. */
export type LossHistory = Pick<Position, 'kinds' | 'highSteps'>;

/** A loss has jumped where it is above so many times the mean of its kind. */
const jump = 4;

/** So many steps of a kind are needed before a loss can have jumped. */
const leastHistory = 20;

/** After so many steps in a row whose loss has jumped, the training has diverged. */
const mostHighSteps = 10;

/** The mean is over so many steps, in the measure of an exponential average. */
const averagedSteps = 50;

/**
 * The history after one more step, and whether the training has diverged: a loss is no number, or for 10 steps in a row a loss
 * was above 4 times the mean of its kind of mask. Losses that have jumped do not enter the mean.
 * @param losses of the step, by kind of mask
 */
export function watchLosses(
  { kinds, highSteps }: LossHistory,
  losses: Readonly<Record<string, number>>,
): LossHistory & { readonly hasDiverged: boolean } {
  const next = { ...kinds };
  let isHigh = false;
  for (const [kind, loss] of Object.entries(losses)) {
    if (!Number.isFinite(loss)) return { kinds, highSteps, hasDiverged: true };
    const { mean, steps } = kinds[kind] ?? { mean: 0, steps: 0 };
    if (steps >= leastHistory && loss > jump * mean) isHigh = true;
    else next[kind] = { mean: averageIn(mean, steps, loss), steps: steps + 1 };
  }
  const high = isHigh ? highSteps + 1 : 0;
  return { kinds: next, highSteps: high, hasDiverged: high >= mostHighSteps };
}

/** An exponential average that begins as the plain mean. @param steps that it is over already */
export function averageIn(mean: number, steps: number, loss: number): number {
  return mean + (loss - mean) / Math.min(steps + 1, averagedSteps);
}
