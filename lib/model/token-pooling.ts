// Owns how the tokens of a whole clip become the vectors that are handed out. Knows no family.
import { tf } from '../operations/tfjs.js';
import type { TokenPooling } from './model-config.js';
import type { TokenLayout } from './model-family.js';

/** Parts of the picture on a side, where there are as many tokens. */
const gridSide = 4;

/** `[B, n, D]` → `[B, D]`, `[B, parts · D]`, `[B, steps, D]` or `[B, n, D]`. */
export function poolTokens(tokens: tf.Tensor, layout: TokenLayout, pooling: TokenPooling): tf.Tensor {
  const { steps, rows, columns } = layout;
  const [batch = 1, , width = 1] = tokens.shape;
  switch (pooling) {
    case 'mean':
      return tf.mean(tokens, 1);
    case 'grid': {
      const parts = countParts(layout);
      const shares = tf.tensor3d(sharesOfParts(layout), [1, parts, steps * rows * columns]);
      return tf.reshape(tf.matMul(tf.tile(shares, [batch, 1, 1]), tokens), [batch, parts * width]);
    }
    case 'frames':
      return tf.mean(tf.reshape(tokens, [batch, steps, rows * columns, width]), 2);
    case 'tokens':
      return tokens;
  }
}

/** The shape of what {@link poolTokens} gives of one clip. */
export function pooledShape(layout: TokenLayout, pooling: TokenPooling): readonly number[] {
  const { steps, rows, columns, width } = layout;
  return {
    mean: [width],
    grid: [countParts(layout) * width],
    frames: [steps, width],
    tokens: [steps * rows * columns, width],
  }[pooling];
}

function countParts({ rows, columns }: TokenLayout): number {
  return Math.min(gridSide, rows) * Math.min(gridSide, columns);
}

/** What each token counts in each part, `[parts, n]`: alike in the one that it lies in. Parts differ by a row or column where they must. */
function sharesOfParts(layout: TokenLayout): Float32Array {
  const { steps, rows, columns } = layout;
  const [high, wide] = [Math.min(gridSide, rows), Math.min(gridSide, columns)];
  const tokens = steps * rows * columns;
  const parts = Array.from({ length: tokens }, (_, token) => {
    const [row, column] = [Math.floor(token / columns) % rows, token % columns];
    return Math.floor((row * high) / rows) * wide + Math.floor((column * wide) / columns);
  });
  const counts = new Int32Array(high * wide);
  for (const part of parts) counts[part] = (counts[part] ?? 0) + 1;
  const shares = new Float32Array(high * wide * tokens);
  for (const [token, part] of parts.entries()) shares[part * tokens + token] = 1 / (counts[part] ?? 1);
  return shares;
}
