// Owns scaled dot-product attention, composed of products and a softmax. Knows nothing of models.
import * as tf from '@tensorflow/tfjs';

/**
 * `softmax(q kᵀ / √d) v` for each head (Vaswani et al. 2017, equation 1).
 * @param query `[B, N, D]`
 * @param key `[B, M, D]`
 * @param value `[B, M, D]`
 * @param heads how many; D is a multiple of it
 * @returns `[B, N, D]`
 * @throws {RangeError} where `heads` does not divide D.
 */
export function attend(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, heads: number): tf.Tensor {
  const [batch = 1, queries = 1, width = 1] = query.shape;
  if (heads < 1 || width % heads !== 0) throw new RangeError(`heads must divide the width ${width}, got ${heads}`);
  const split = (x: tf.Tensor) =>
    tf.transpose(tf.reshape(x, [batch, x.shape[1] ?? 1, heads, width / heads]), [0, 2, 1, 3]);
  const scores = tf.matMul(tf.mul(split(query), 1 / Math.sqrt(width / heads)), split(key), false, true);
  const mixed = tf.matMul(tf.softmax(scores), split(value));
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, queries, width]);
}
