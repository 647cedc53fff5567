// Owns the affine map over the last axis and its gradient. Knows nothing of models.
import { named, runForOne, type Operation } from './operation.js';
import { sumRows } from './row-sum.js';
import { tf } from './tfjs.js';

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
  const matrix = tf.reshape(weight, [outputs, inputs]);
  const mapped =
    bias === undefined
      ? tf.matMul(rows, matrix, false, true)
      : runForOne(linearOperation, { x: rows, weight: matrix, bias });
  return tf.reshape(mapped, [...x.shape.slice(0, -1), outputs]);
}

/** See {@link linear}; `x` `[R, I]`. */
export const linearOperation: Operation = {
  name: 'Lacuna.Linear',
  compose: (inputs) => {
    return [tf.add(tf.matMul(named(inputs, 'x'), named(inputs, 'weight'), false, true), named(inputs, 'bias'))];
  },
  emit: (graph, inputs) => {
    const [x, weight, bias] = [named(inputs, 'x'), named(inputs, 'weight'), named(inputs, 'bias')];
    const shape = [x.shape[0] ?? 1, weight.shape[0] ?? 1];
    // The bias is where the product begins, not a pass after it.
    return [graph.node('Gemm', [x, weight, bias], { shape }, { attributes: { transB: 1 } })];
  },
  gradient: {
    inputs: ['x', 'weight'],
    compute: (gradient, [x, weight]) => {
      if (x === undefined || weight === undefined) throw new Error('the affine map lost what it saved');
      return {
        x: () => tf.matMul(gradient, weight),
        weight: () => tf.matMul(gradient, x, true, false),
        bias: () => sumRows(gradient),
      };
    },
  },
};
