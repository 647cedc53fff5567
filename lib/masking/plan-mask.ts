// Owns the choice of what is hidden of one clip: an expression, a grid and a key give a plan. Knows nothing of pixels.
import { LacunaError } from '../clip/lacuna-error.js';
import { createRandom } from '../clip/random.js';
import type { TokenGrid } from '../clip/token-grid.js';
import { formatHide, type HideExpression } from './hide-expression.js';
import { type HidePart, type Kind, kindNames, maskKinds } from './kinds.js';
import { createMaskDraft, type MaskDraft } from './mask-draft.js';
import type { MaskPlan } from './mask-plan.js';
import { chooseScored } from './running-cell.js';

/** What a plan is a function of, beside the expression and the grid; whole numbers. */
export type MaskKey = { readonly seed: number; readonly step: number; readonly sample: number };

/** How many tokens a plan has of each sort. */
export type PlanCounts = { readonly visible: number; readonly hidden: number; readonly unused: number };

/** How a plan is made of what is hidden. */
export type PlanOptions = {
  /**
   * The share of the hidden tokens that is scored, above 0 to 1; the others are unused: neither seen nor scored (`chooseScored`).
   * Default 1: none is.
   */
  readonly score?: number;
};

/**
 * Chooses what is hidden: the union of the parts, rounded outward to tubelets. The same arguments give the same plan, and the
 * counts of the three sets are the same for every key. Something is visible and something is hidden; nothing is unused but by
 * `score`.
 * @throws {LacunaError} `usage` where the expression does not fit the grid, or hides nothing or everything of it.
 * @throws {RangeError} where `score` is not above 0 and at most 1.
 */
export function planMask(
  hide: HideExpression,
  grid: TokenGrid,
  key: MaskKey,
  { score = 1 }: PlanOptions = {},
): MaskPlan {
  if (!(score > 0 && score <= 1)) throw new RangeError(`score must be above 0 and at most 1, got ${score}`);
  const draft = createMaskDraft(grid);
  for (const kind of kindNames) hideParts(kind, partsOf(hide, kind), draft, key);
  const hiddenCount = draft.hidden.reduce((sum, value) => sum + value, 0);
  if (hiddenCount === 0 || hiddenCount === grid.tokens) {
    const { clip, tubelet } = grid;
    throw new LacunaError(
      'usage',
      `--hide ${formatHide(hide)} hides ${hiddenCount === 0 ? 'nothing' : 'everything'} of a clip of ` +
        `${clip.frames} frames of ${clip.width} × ${clip.height} pixels, rounded outward to patches of ` +
        `${tubelet.size} × ${tubelet.size} pixels in ${tubelet.frames} frames; hide ${hiddenCount === 0 ? 'more' : 'less'}`,
    );
  }
  const hidden = new Int32Array(hiddenCount);
  const visible = new Int32Array(grid.tokens - hiddenCount);
  let [hiddenAt, visibleAt] = [0, 0];
  for (let token = 0; token < grid.tokens; token++) {
    if (draft.hidden[token] === 1) hidden[hiddenAt++] = token;
    else visible[visibleAt++] = token;
  }
  if (score === 1) return { grid, visible, hidden, unused: new Int32Array(0) };
  const { scored, unused } = chooseScored(
    hidden,
    grid,
    score,
    createRandom(key.seed, 'mask score', key.step, key.sample),
  );
  return { grid, visible, hidden: scored, unused };
}

/**
 * The counts of the three sets, which every plan of this expression with these options on this grid has.
 * @throws {LacunaError} `usage`, as `planMask` does.
 */
export function planCounts(hide: HideExpression, grid: TokenGrid, options: PlanOptions = {}): PlanCounts {
  const { visible, hidden, unused } = planMask(hide, grid, { seed: 0, step: 0, sample: 0 }, options);
  return { visible: visible.length, hidden: hidden.length, unused: unused.length };
}

function partsOf<K extends Kind>(hide: HideExpression, kind: K): HidePart<K>[] {
  return hide.filter((part): part is HidePart<K> => part.kind === kind);
}

/** Each kind draws from its own stream, so that a part more leaves what the others draw. */
function hideParts<K extends Kind>(kind: K, parts: readonly HidePart<K>[], draft: MaskDraft, key: MaskKey): void {
  if (parts.length === 0) return;
  for (const part of parts) maskKinds[kind].check(part, draft.grid);
  maskKinds[kind].hide(parts, draft, createRandom(key.seed, `mask ${kind}`, key.step, key.sample));
}
