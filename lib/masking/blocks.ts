// Owns `blocks`: large blocks of each frame are hidden through all frames, as in V-JEPA (Bardes et al. 2024, section 3.2).
import type { Random } from '../clip/random.js';
import type { TokenGrid } from '../clip/token-grid.js';
import { freePlaces, hidePlace } from './mask-draft.js';
import type { MaskKind } from './mask-kind.js';
import { countOfShare, partError } from './part-argument.js';

/** Blocks of fixed size and number; it has no parameter. */
export type BlocksPart = { readonly kind: 'blocks' };

/** The area of one block as a share of the frame: that of V-JEPA's short-range masks. */
const blockShare = 0.15;

/** The least and the largest height of a block divided by its width. */
const aspects = [0.75, 1.5] as const;

/** What the blocks cover together; V-JEPA's eight blocks of 0.15 cover 0.73 on average. */
const coveredShare = 0.75;

/**
 * Blocks at random, through all steps, until they cover round(0.75 · the places that are free); the last block is cut off
 * where that number is reached, so that it is the same for every draw.
 */
export const blocks: MaskKind<BlocksPart> = {
  example: 'blocks (large blocks, three quarters of each frame, through all frames)',
  parse: (argument, text) => {
    if (argument === undefined) return { kind: 'blocks' };
    throw partError(text, 'takes nothing after it; write blocks');
  },
  format: () => 'blocks',
  check: () => undefined,
  hide: (parts, draft, random) => {
    for (const part of parts) {
      const free = new Set(freePlaces(draft));
      const left = free.size - countOfShare(coveredShare, free.size, part.kind, 'places');
      while (free.size > left) {
        for (const place of chooseBlock(draft.grid, [...free], random)) {
          if (free.size > left && free.delete(place)) hidePlace(draft, place);
        }
      }
    }
  },
};

/** The places of a block that holds at least one of the `wanted` places; row by row. */
function chooseBlock({ rows, columns }: TokenGrid, wanted: readonly number[], random: Random): number[] {
  const anchor = wanted[random.integer(wanted.length)] ?? 0;
  const area = blockShare * rows * columns;
  const [least, largest] = aspects;
  const aspect = least * (largest / least) ** random.uniform();
  const height = Math.min(rows, Math.max(1, Math.round(Math.sqrt(area * aspect))));
  const width = Math.min(columns, Math.max(1, Math.round(Math.sqrt(area / aspect))));
  const top = chooseStart(Math.floor(anchor / columns), height, rows, random);
  const left = chooseStart(anchor % columns, width, columns, random);
  return Array.from(
    { length: height * width },
    (_, index) => (top + Math.floor(index / width)) * columns + left + (index % width),
  );
}

/** The start of a run of `length` that holds `inside` and lies in [0, `end`). */
function chooseStart(inside: number, length: number, end: number, random: Random): number {
  const first = Math.max(0, inside - length + 1);
  const last = Math.min(inside, end - length);
  return first + random.integer(last - first + 1);
}
