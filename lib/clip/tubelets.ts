// Owns the two copies between a clip's pixels and the values of its tokens. Knows nothing of what is hidden or why.
import { clipLength } from './clip.js';
import { tokenLength, type TokenGrid } from './token-grid.js';

/**
 * The values of some tokens of a clip `[T, H, W, C]`: `[n, t·p·p·C]`, in the order of `tokens`, each ordered (frame, row,
 * column, channel), in the type of the clip.
 * @throws {RangeError} where the clip's length is not the grid's, or a token is not on the grid.
 */
export function readTokens(clip: Uint8Array, grid: TokenGrid, tokens: Int32Array): Uint8Array<ArrayBuffer>;
export function readTokens(clip: Float32Array, grid: TokenGrid, tokens: Int32Array): Float32Array<ArrayBuffer>;
export function readTokens(
  clip: Uint8Array | Float32Array,
  grid: TokenGrid,
  tokens: Int32Array,
): Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  checkLength('a clip', clip.length, clipLength(grid.clip));
  const length = tokens.length * tokenLength(grid);
  const values = clip instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  const rowLength = grid.tubelet.size * grid.clip.channels;
  let at = 0;
  forEachRow(grid, tokens, (start) => {
    for (let index = 0; index < rowLength; index++) values[at++] = clip[start + index] ?? 0;
  });
  return values;
}

/**
 * Writes the values `[n, t·p·p·C]` of some tokens into a clip `[T, H, W, C]`, in place; where a token stands twice, the
 * last one stays. Values written into bytes must be in [0, 255] already; a fraction is cut off.
 * @throws {RangeError} where a length is not the grid's, or a token is not on the grid.
 */
export function writeTokens(
  target: Uint8Array | Float32Array,
  grid: TokenGrid,
  tokens: Int32Array,
  values: Uint8Array | Float32Array,
): void {
  checkLength('a clip', target.length, clipLength(grid.clip));
  checkLength('the values of the tokens', values.length, tokens.length * tokenLength(grid));
  const rowLength = grid.tubelet.size * grid.clip.channels;
  let at = 0;
  forEachRow(grid, tokens, (start) => {
    for (let index = 0; index < rowLength; index++) target[start + index] = values[at++] ?? 0;
  });
}

/** Calls `visit` with the place in the clip where each row of `p · C` values of each token begins. */
function forEachRow(grid: TokenGrid, tokens: Int32Array, visit: (start: number) => void): void {
  const { clip, tubelet, rows, columns } = grid;
  const lineLength = clip.width * clip.channels;
  for (const token of tokens) {
    if (token < 0 || token >= grid.tokens) {
      throw new RangeError(`a token must be in [0, ${grid.tokens}), got ${token}`);
    }
    const column = token % columns;
    const row = Math.floor(token / columns) % rows;
    const step = Math.floor(token / (columns * rows));
    for (let frame = step * tubelet.frames; frame < (step + 1) * tubelet.frames; frame++) {
      for (let y = row * tubelet.size; y < (row + 1) * tubelet.size; y++) {
        visit((frame * clip.height + y) * lineLength + column * tubelet.size * clip.channels);
      }
    }
  }
}

function checkLength(what: string, got: number, expected: number): void {
  if (got !== expected) throw new RangeError(`${what} must have ${expected} values on this grid, got ${got}`);
}
