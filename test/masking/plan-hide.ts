// Owns the small clip that the tests of masks plan on: 8 frames of 12 × 16 pixels in tubelets of 2 × 4 × 4.
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { planMask } from '../../lib/masking/plan-mask.js';

/** 4 steps of 3 × 4 places, 48 tokens. */
export const smallGrid = createTokenGrid({ frames: 8, height: 12, width: 16, channels: 3 }, { frames: 2, size: 4 });

/** The plan of an expression. */
export function planHide(expression: string, seed = 0, grid = smallGrid): MaskPlan {
  return planMask(parseHide(expression), grid, { seed, step: 0, sample: 0 });
}

/** The plans of an expression for the seeds 0 to `count` − 1. */
export function planManyHides(expression: string, count: number, grid = smallGrid): MaskPlan[] {
  return Array.from({ length: count }, (_, seed) => planHide(expression, seed, grid));
}
