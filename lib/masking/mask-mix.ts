// Owns which of several expressions a training step hides by. Knows nothing of what they hide.
import { LacunaError } from '../clip/lacuna-error.js';
import { createRandom } from '../clip/random.js';
import type { HideExpression } from './hide-expression.js';

/** Several expressions and how often each is chosen. */
export type MaskMix = {
  readonly hides: readonly HideExpression[];
  /** One for each expression, above 0, of sum 1. */
  readonly weights: readonly number[];
};

/**
 * A mix of at least one expression; `weights` need not sum to 1. Default: all equally often.
 * @throws {LacunaError} `usage` where there is no expression, not one weight for each, or a weight that is not above 0.
 */
export function createMaskMix(hides: readonly HideExpression[], weights?: readonly number[]): MaskMix {
  if (hides.length === 0) throw new LacunaError('usage', '--hide must be given at least once, such as --hide future:8');
  const given = weights ?? hides.map(() => 1);
  if (given.length !== hides.length) {
    throw new LacunaError(
      'usage',
      `--weights must hold one number for each --hide: got ${given.length} for ${hides.length}`,
    );
  }
  const wrong = given.find((weight) => !(weight > 0 && Number.isFinite(weight)));
  if (wrong !== undefined) throw new LacunaError('usage', `--weights must be numbers above 0, got ${wrong}`);
  const sum = given.reduce((total, weight) => total + weight, 0);
  return { hides, weights: given.map((weight) => weight / sum) };
}

/** The index of the expression that a step hides by: a pure function of the mix, the seed and the step. */
export function chooseMask(
  { weights }: MaskMix,
  { seed, step }: { readonly seed: number; readonly step: number },
): number {
  let rest = createRandom(seed, 'mask mix', step).uniform();
  for (const [index, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}
