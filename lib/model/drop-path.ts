// Owns stochastic depth: which branches of a network are left out for which clip of a step. Knows no family.
import { createRandom } from '../clip/random.js';
import type { MaskKey } from '../masking/plan-mask.js';
import type { PlanInput } from './model-family.js';

/**
 * What each branch is multiplied with for each clip: 0, or 1 / the chance of staying, so that the mean is 1 (Huang et al. 2016,
 * section 3). The chance of being left out grows evenly from 0 in the first block to `rate` in the last.
 * @param branches of one block; each is drawn by itself
 * @param keys one for each clip: the same key leaves out the same branches
 * @returns float32 `[depth · branches, B]`
 */
export function drawDropPath(rate: number, depth: number, branches: number, keys: readonly MaskKey[]): PlanInput {
  const values = new Float32Array(depth * branches * keys.length);
  for (const [index, { seed, step, sample }] of keys.entries()) {
    const random = createRandom(seed, 'drop path', step, sample);
    for (let branch = 0; branch < depth * branches; branch++) {
      const stays = 1 - (rate * Math.floor(branch / branches)) / Math.max(1, depth - 1);
      values[branch * keys.length + index] = random.uniform() < stays ? 1 / stays : 0;
    }
  }
  return { type: 'float32', shape: [depth * branches, keys.length], values };
}
