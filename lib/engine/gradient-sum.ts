// Owns the sum of the gradients of several micro-batches, which may be of different programs. Knows no engine.
import { checkGradients } from './check-arrays.js';
import type { ParameterLayout } from './parameter-layout.js';

/** A sum that is added to, then taken, again and again in the same memory. */
export type GradientSum = {
  /**
   * Adds `weight · gradients`.
   * @throws {RangeError} where there are more or fewer than the layout has.
   */
  readonly add: (gradients: Float32Array, weight: number) => void;
  /** The sum `[P]`, in memory that the next `add` writes to. After it the sum is that of nothing. */
  readonly take: () => Float32Array;
};

/** A sum over the arena of a layout. Its weights are usually 1 / the number of micro-batches. */
export function createGradientSum(layout: ParameterLayout): GradientSum {
  const sum = new Float32Array(layout.length);
  let isEmpty = true;
  return {
    add: (gradients, weight) => {
      checkGradients(layout, gradients);
      if (isEmpty) for (let index = 0; index < sum.length; index++) sum[index] = weight * (gradients[index] ?? 0);
      else
        for (let index = 0; index < sum.length; index++)
          sum[index] = (sum[index] ?? 0) + weight * (gradients[index] ?? 0);
      isEmpty = false;
    },
    take: () => {
      if (isEmpty) sum.fill(0);
      isEmpty = true;
      return sum;
    },
  };
}
