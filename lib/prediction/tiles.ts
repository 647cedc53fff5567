// Owns the division of a picture into the squares that a model sees, and how much of each counts where they overlap. Knows
// nothing of frames and models.
import type { PictureWindow } from '../clip/resample-clip.js';
import type { Fit } from '../video/decode-graph.js';

/** A part of the picture that the model sees as one clip. */
export type Tile = {
  /** In the picture. */
  readonly window: PictureWindow;
  /** Where that stands in the model's square; what is beside it is black. */
  readonly target: PictureWindow;
  /** `[window.width]` and `[window.height]`: how much the tile counts; over all tiles they sum to 1 at each pixel. */
  readonly across: Float32Array;
  readonly down: Float32Array;
  /** The part of the picture that is this tile's alone, where each pixel is to be of one tile. */
  readonly own: PictureWindow;
};

/** The least part of a tile that it shares with the next one. */
const leastOverlap = 0.2;

/**
 * The tiles of a picture, row by row, all of one size. By `cover`, squares as large as the picture's shorter side; by
 * `stretch` and `contain` the picture as a whole. With `isTiled` squares of the model's own size, or of the shorter side where
 * that is less.
 * @param size S, pixels a side of the model's square
 */
export function layOutTiles(
  picture: { readonly width: number; readonly height: number },
  size: number,
  fit: Fit,
  isTiled: boolean,
): readonly Tile[] {
  const shorter = Math.min(picture.width, picture.height);
  if (!isTiled && fit !== 'cover') {
    const columns = layOut(picture.width, picture.width);
    const rows = layOut(picture.height, picture.height);
    return combine(columns, rows, fit === 'contain' ? containedIn(picture, size) : wholeSquare(size));
  }
  const side = isTiled ? Math.min(size, shorter) : shorter;
  return combine(layOut(picture.width, side), layOut(picture.height, side), wholeSquare(size));
}

/** A stretch of a line, how much it counts, and the part of it that is its alone. */
type Span = {
  readonly start: number;
  readonly length: number;
  readonly weights: Float32Array;
  readonly ownStart: number;
  readonly ownEnd: number;
};

/** Stretches of one length, evenly spread over a line, from its start to its end. */
function layOut(length: number, side: number): readonly Span[] {
  const count = length <= side ? 1 : Math.ceil((length - side) / (side * (1 - leastOverlap))) + 1;
  const starts = Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (length - side)) / (count - 1)),
  );
  const raw = starts.map((start, index) => {
    const before = (starts[index - 1] ?? -Infinity) + side - start;
    const after = start + side - (starts[index + 1] ?? Infinity);
    return Float32Array.from({ length: side }, (_, at) => rise(at, before) * rise(side - 1 - at, after));
  });
  const sums = new Float64Array(length);
  for (const [index, start] of starts.entries()) {
    for (const [at, weight] of raw[index]?.entries() ?? []) sums[start + at] = (sums[start + at] ?? 0) + weight;
  }
  // Halfway through what two neighbours share.
  const borders = starts.map((start, index) =>
    index === 0 ? 0 : Math.floor((start + (starts[index - 1] ?? 0) + side) / 2),
  );
  return starts.map((start, index) => ({
    start,
    length: side,
    weights: (raw[index] ?? new Float32Array()).map((weight, at) => weight / (sums[start + at] ?? 1)),
    ownStart: borders[index] ?? 0,
    ownEnd: borders[index + 1] ?? length,
  }));
}

/** sin², from 0 to 1 over the shared pixels; with that of the neighbour it sums to 1. */
function rise(at: number, shared: number): number {
  return at < shared ? Math.sin((Math.PI / 2) * ((at + 0.5) / shared)) ** 2 : 1;
}

function combine(columns: readonly Span[], rows: readonly Span[], target: PictureWindow): readonly Tile[] {
  return rows.flatMap((row) =>
    columns.map((column) => ({
      window: { left: column.start, top: row.start, width: column.length, height: row.length },
      target,
      across: column.weights,
      down: row.weights,
      own: {
        left: column.ownStart,
        top: row.ownStart,
        width: column.ownEnd - column.ownStart,
        height: row.ownEnd - row.ownStart,
      },
    })),
  );
}

function wholeSquare(size: number): PictureWindow {
  return { left: 0, top: 0, width: size, height: size };
}

/** The picture's proportions within the square, in its middle, as ffmpeg's `contain` graph has it. */
function containedIn(
  { width, height }: { readonly width: number; readonly height: number },
  size: number,
): PictureWindow {
  const scale = size / Math.max(width, height);
  const inner = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  return { left: Math.floor((size - inner.width) / 2), top: Math.floor((size - inner.height) / 2), ...inner };
}
