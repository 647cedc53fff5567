// Owns the contract that every kind of mask meets. Knows no kind.
import type { Random } from '../clip/random.js';
import type { TokenGrid } from '../clip/token-grid.js';
import type { MaskDraft } from './mask-draft.js';

/** One kind of mask, such as `future`. `Part` is what a person asked of it, `{ kind, … }`, as its own file defines it. */
export interface MaskKind<Part extends { readonly kind: string }> {
  /** How it is written and what that hides, such as `future:8 (the last 8 frames)`. */
  readonly example: string;
  /**
   * Reads what stands after the colon; `text` is the whole part as it was written, for messages.
   * @throws {LacunaError} `usage`
   */
  readonly parse: (argument: string | undefined, text: string) => Part;
  /** The part as it would be written: what `parse` reads back. */
  readonly format: (part: Part) => string;
  /**
   * Checks that a clip of this grid has what the part names.
   * @throws {LacunaError} `usage`
   */
  readonly check: (part: Part, grid: TokenGrid) => void;
  /**
   * Hides what all parts of this kind ask for. The number of tokens that it hides must depend on the parts and on the grid
   * alone: it may choose only from what is free in the draft.
   * @throws {LacunaError} `usage` where there is not enough to choose from.
   */
  readonly hide: (parts: readonly Part[], draft: MaskDraft, random: Random) => void;
}
