// Owns how the tokens of a whole clip become the vectors that are handed out. Knows no family.
import { tf } from '../operations/tfjs.js';
import type { TokenPooling } from './model-config.js';
import type { TokenLayout } from './model-family.js';

/** `[B, n, D]` → `[B, D]`, `[B, steps, D]` or `[B, n, D]`. */
export function poolTokens(tokens: tf.Tensor, { steps, rows, columns }: TokenLayout, pooling: TokenPooling): tf.Tensor {
  const [batch = 1, , width = 1] = tokens.shape;
  switch (pooling) {
    case 'mean':
      return tf.mean(tokens, 1);
    case 'frames':
      return tf.mean(tf.reshape(tokens, [batch, steps, rows * columns, width]), 2);
    case 'tokens':
      return tokens;
  }
}

/** The shape of what {@link poolTokens} gives of one clip. */
export function pooledShape({ steps, rows, columns, width }: TokenLayout, pooling: TokenPooling): readonly number[] {
  return { mean: [width], frames: [steps, width], tokens: [steps * rows * columns, width] }[pooling];
}
