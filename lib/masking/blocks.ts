// Owns `blocks`: several blocks of each frame, that may overlap, are hidden through all frames: the multi-block masks of V-JEPA
// (Bardes et al. 2024, section 3.2).
import type { Random } from '../clip/random.js';
import type { TokenGrid } from '../clip/token-grid.js';
import { freePlaces, hidePlace, placesOf } from './mask-draft.js';
import type { MaskKind } from './mask-kind.js';
import { countOfShare, got, partError } from './part-argument.js';

/** `count` blocks, each of a `share` of the frame's area. */
export type BlocksPart = { readonly kind: 'blocks'; readonly count: number; readonly share: number };

/** The two masks of V-JEPA by name. */
const named = {
  short: { count: 8, share: 0.15 },
  long: { count: 2, share: 0.7 },
} as const;

/** The least and the largest height of a block divided by its width; drawn so that 1/a is as likely as a. */
const aspects = [0.75, 1.5] as const;

/** Blocks of one part at most. */
const mostBlocks = 100;

const format = ({ count, share }: BlocksPart) =>
  count === named.short.count && share === named.short.share ? 'blocks' : `blocks:${count}x${share}`;

/**
 * Places in blocks at random, through all steps. So many places are hidden as the blocks cover on average, of those that are free:
 * where a draw covers more, the last block is cut off, and where it covers less, another block is begun. So the number is the same
 * for every draw.
 */
export const blocks: MaskKind<BlocksPart> = {
  example:
    'blocks (8 blocks of 0.15 of each frame, through all frames), blocks:long (2 of 0.7) or blocks:4x0.3 (4 of 0.3)',
  parse: (argument, text) => {
    if (argument === undefined || argument === 'short') return { kind: 'blocks', ...named.short };
    if (argument === 'long') return { kind: 'blocks', ...named.long };
    const [, count, share] = /^(\d{1,3})x(\d*\.?\d+)$/.exec(argument) ?? [];
    const part = { kind: 'blocks', count: Number(count), share: Number(share) } as const;
    if (part.count >= 1 && part.count <= mostBlocks && part.share > 0 && part.share < 1) return part;
    throw partError(
      text,
      `needs 1 to ${mostBlocks} blocks, x, and the share of the frame of each, above 0 and below 1, ${got(argument)}; ` +
        'write blocks:8x0.15, blocks:short, which is the same, or blocks:long',
    );
  },
  format,
  check: () => undefined,
  hide: (parts, draft, random) => {
    const { grid } = draft;
    for (const part of parts) {
      const free = new Set(freePlaces(draft));
      const left = free.size - countOfShare(coveredShare(part, grid), free.size, format(part), 'places');
      for (let drawn = 0; free.size > left; drawn++) {
        const anchor = drawn < part.count ? undefined : [...free][random.integer(free.size)];
        for (const place of drawBlock(part, grid, anchor, random)) {
          if (free.size > left && free.delete(place)) hidePlace(draft, place);
        }
      }
    }
  },
};

/** The places of a block that lies anywhere or, with an anchor, holds that place; row by row. */
function drawBlock(part: BlocksPart, grid: TokenGrid, anchor: number | undefined, random: Random): number[] {
  const { columns, rows } = grid;
  const { height, width } = sidesOf(part, grid, random.uniform());
  const [row, column] = anchor === undefined ? [] : [Math.floor(anchor / columns), anchor % columns];
  const top = chooseStart(height, rows, row, random);
  const left = chooseStart(width, columns, column, random);
  return Array.from(
    { length: height * width },
    (_, index) => (top + Math.floor(index / width)) * columns + left + (index % width),
  );
}

/** The sides of a block of the part's area, by where its aspect lies between the least (0) and the largest (1). */
function sidesOf({ share }: BlocksPart, { rows, columns }: TokenGrid, position: number) {
  const [least, largest] = aspects;
  const aspect = least * (largest / least) ** position;
  const area = share * rows * columns;
  return {
    height: Math.min(rows, Math.max(1, Math.round(Math.sqrt(area * aspect)))),
    width: Math.min(columns, Math.max(1, Math.round(Math.sqrt(area / aspect)))),
  };
}

/** The start of a run of `length` that lies in [0, `end`) and holds `inside`, where there is one. */
function chooseStart(length: number, end: number, inside: number | undefined, random: Random): number {
  const first = inside === undefined ? 0 : Math.max(0, inside - length + 1);
  const last = inside === undefined ? end - length : Math.min(inside, end - length);
  return first + random.integer(last - first + 1);
}

/** Aspects that the mean is taken over, evenly spread. */
const meanAspects = 16;

/**
 * What the blocks of a part cover together on average, as a share of the frame: the mean over places of 1 − (1 − q)ⁿ for n blocks,
 * where q is how likely one block is to cover the place.
 */
function coveredShare(part: BlocksPart, grid: TokenGrid): number {
  const { rows, columns } = grid;
  const likely = new Float64Array(placesOf(grid));
  for (let index = 0; index < meanAspects; index++) {
    const { height, width } = sidesOf(part, grid, (index + 0.5) / meanAspects);
    for (let place = 0; place < likely.length; place++) {
      const covering =
        shareOfRuns(height, rows, Math.floor(place / columns)) * shareOfRuns(width, columns, place % columns);
      likely[place] = (likely[place] ?? 0) + covering / meanAspects;
    }
  }
  return likely.reduce((sum, q) => sum + 1 - (1 - q) ** part.count, 0) / likely.length;
}

/** Of the runs of `length` that lie in [0, `end`), the share that holds `inside`. */
function shareOfRuns(length: number, end: number, inside: number): number {
  const starts = end - length + 1;
  return (Math.min(inside, starts - 1) - Math.max(0, inside - length + 1) + 1) / starts;
}
