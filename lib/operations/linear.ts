// Owns the affine map over the last axis. Knows nothing of models.
import * as tf from '@tensorflow/tfjs';

/**
 * `x Wᵀ + b`, the weight stored as PyTorch stores it.
 * @param x `[…, I]`
 * @param weight `[O, I]`
 * @param bias `[O]`, or nothing
 * @returns `[…, O]`
 */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const inputs = x.shape.at(-1) ?? 1;
  const [outputs = 1] = weight.shape;
  const rows = tf.reshape(x, [-1, inputs]);
  const product = tf.matMul(rows, tf.reshape(weight, [outputs, inputs]), false, true);
  const shifted = bias === undefined ? product : tf.add(product, bias);
  return tf.reshape(shifted, [...x.shape.slice(0, -1), outputs]);
}
