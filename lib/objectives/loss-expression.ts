// Owns the grammar of `--loss`: a distance and the terms that are added to it. Knows nothing of their mathematics.
import { LacunaError } from '../clip/lacuna-error.js';
import type { TargetName } from '../model/model-config.js';

/** The distances; the first is the default. */
const distances = ['mse', 'l1'] as const;
/** The terms that may be added, each with a weight. */
const terms = ['gradient', 'ssim', 'contrast'] as const;

/** What of a filled-in clip is minimised. */
export type LossExpression = {
  /** Between hidden values and what they should be: the mean squared or the mean absolute difference. */
  readonly distance: (typeof distances)[number];
  /** Weights of the other terms, above 0; 0 where there is none. */
  readonly gradient: number;
  readonly ssim: number;
  readonly contrast: number;
};

/** The mean squared error alone. */
export const defaultLoss: LossExpression = { distance: 'mse', gradient: 0, ssim: 0, contrast: 0 };

/**
 * Reads an expression such as `mse` or `l1+gradient:0.5+ssim:0.1`. Space around a part is passed over.
 * @throws {LacunaError} `usage`, in a sentence that says what is wrong and what to write.
 */
export function parseLoss(expression: string): LossExpression {
  const [first = '', ...rest] = expression.split('+').map((part) => part.trim());
  const distance = distances.find((name) => name === first);
  if (distance === undefined) throw wrong(expression, `must begin with ${distances.join(' or ')}`);
  const weights = new Map<string, number>();
  for (const part of rest) {
    const [, name, weight] = /^([a-z0-9]+):(\d*\.?\d+(?:e[+-]?\d+)?)$/i.exec(part) ?? [];
    const term = terms.find((candidate) => candidate === name);
    if (term === undefined || !(Number(weight) > 0)) {
      throw wrong(expression, `has ${part === '' ? 'an empty part' : part}, which is none of its terms`);
    }
    if (weights.has(term)) throw wrong(expression, `has ${term} twice`);
    weights.set(term, Number(weight));
  }
  const weightOf = (term: (typeof terms)[number]) => weights.get(term) ?? 0;
  return { distance, gradient: weightOf('gradient'), ssim: weightOf('ssim'), contrast: weightOf('contrast') };
}

/** The expression as it would be written; `parseLoss` reads it back. */
export function formatLoss(loss: LossExpression): string {
  return [loss.distance, ...terms.flatMap((term) => (loss[term] === 0 ? [] : [`${term}:${loss[term]}`]))].join('+');
}

/** Whether it compares whole frames, and not token by token. */
export function comparesFrames({ gradient, ssim }: LossExpression): boolean {
  return gradient > 0 || ssim > 0;
}

/** Whether it holds the clips of a batch against each other. */
export function comparesClips({ contrast }: LossExpression): boolean {
  return contrast > 0;
}

/**
 * Whether a loss can be taken of what a head gives.
 * @throws {LacunaError} `usage` where it compares frames and the head gives none.
 */
export function checkLoss(loss: LossExpression, target: TargetName): void {
  if (target !== 'normalised' || !comparesFrames(loss)) return;
  throw new LacunaError(
    'usage',
    `--loss ${formatLoss(loss)} compares frames, and --target normalised makes none; take --target pixels or residual, or ` +
      `--loss ${loss.distance}.`,
  );
}

function wrong(expression: string, sentence: string): LacunaError {
  return new LacunaError(
    'usage',
    `--loss ${expression} ${sentence}; write mse or l1, and after it +gradient:w, +ssim:w or +contrast:w with weights above 0, such as ` +
      'l1+gradient:0.5+ssim:0.1.',
  );
}
