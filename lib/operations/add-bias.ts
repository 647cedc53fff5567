// Owns the sum with one number for each channel, with a fast gradient of those. Knows nothing of models.
import { sumRows } from './row-sum.js';
import { tf } from './tfjs.js';

/**
 * `x + bias` along the last axis; the gradient of the bias is a product, see `sumRows`.
 * @param x `[…, D]`
 * @param bias `[D]`
 * @returns the shape of `x`
 */
export function addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const add = tf.customGrad((...given) => {
    const [one, other] = given as tf.Tensor[];
    if (one === undefined || other === undefined) throw new RangeError('there are two summands');
    return { value: tf.add(one, other), gradFunc: (gradient) => [gradient, sumRows(gradient)] };
  });
  return add(x, bias);
}
