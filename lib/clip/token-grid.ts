// Owns the division of a clip into tubelets and the order of its tokens. Knows nothing of what is hidden.
import type { ClipShape } from './clip.js';

/** A tubelet of `t × p × p` pixels: one token. */
export type Tubelet = {
  /** t, frames. */
  readonly frames: number;
  /** p, pixels a side. */
  readonly size: number;
};

/** The grid `[T/t, H/p, W/p]` of a clip. Token `(τ, y, x)` has index `(τ · rows + y) · columns + x`. */
export type TokenGrid = {
  readonly clip: ClipShape;
  readonly tubelet: Tubelet;
  /** T/t, steps in time. */
  readonly steps: number;
  /** H/p. */
  readonly rows: number;
  /** W/p. */
  readonly columns: number;
  /** N = steps · rows · columns. */
  readonly tokens: number;
};

/**
 * The grid of a clip.
 * @throws {RangeError} where the clip is not a whole number of tubelets.
 */
export function createTokenGrid(clip: ClipShape, tubelet: Tubelet): TokenGrid {
  const steps = clip.frames / tubelet.frames;
  const rows = clip.height / tubelet.size;
  const columns = clip.width / tubelet.size;
  if (![steps, rows, columns].every((count) => Number.isInteger(count) && count > 0)) {
    throw new RangeError(
      `a clip must be a whole number of tubelets of ${tubelet.frames} × ${tubelet.size} × ${tubelet.size}, ` +
        `got ${clip.frames} × ${clip.height} × ${clip.width}`,
    );
  }
  return { clip, tubelet, steps, rows, columns, tokens: steps * rows * columns };
}

/** The values of one token, `t · p · p · C`, ordered (frame, row, column, channel). */
export function tokenLength(grid: TokenGrid): number {
  return grid.tubelet.frames * grid.tubelet.size * grid.tubelet.size * grid.clip.channels;
}
