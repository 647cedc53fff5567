// Owns the zeros around pictures, channels last: put around them, and taken off again. Eager backends know no convolution with a margin
// of so many zeros: tfjs-node takes `valid` and `same` alone. Knows no convolution.
import { tf } from './tfjs.js';

/** `[B, H, W, C]` → `[B, H + 2 m, W + 2 m, C]`, zeros around. */
export function withMargin(x: tf.Tensor, margin: number): tf.Tensor4D {
  return tf.pad4d(x as tf.Tensor4D, [
    [0, 0],
    [margin, margin],
    [margin, margin],
    [0, 0],
  ]);
}

/** `[B, H + 2 m, W + 2 m, C]` → `[B, H, W, C]`. */
export function withoutMargin(x: tf.Tensor, margin: number): tf.Tensor {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  return tf.slice(x, [0, margin, margin, 0], [batch, height - 2 * margin, width - 2 * margin, channels]);
}
