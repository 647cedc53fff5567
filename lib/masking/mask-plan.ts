// Owns what a mask plan is. Knows nothing of how one is chosen.
import type { TokenGrid } from '../clip/token-grid.js';

/**
 * What a network may see of one clip and what it must fill in: three disjoint, ascending sets of token indices that
 * together cover the grid.
 */
export type MaskPlan = {
  readonly grid: TokenGrid;
  /** Seen by the network. */
  readonly visible: Int32Array;
  /** To be filled in and scored. */
  readonly hidden: Int32Array;
  /** Neither seen nor scored. */
  readonly unused: Int32Array;
};
