// Owns the logarithm of the softmax over the last axis, and its gradient. Knows nothing of models.
import { named, runForOne, type Operation } from './operation.js';
import { tf } from './tfjs.js';

/** `x − log Σ exp(x)` over the last axis, without overflow; the shape of `x`. */
export function logSoftmax(x: tf.Tensor): tf.Tensor {
  return runForOne(logSoftmaxOperation, { x });
}

/** See {@link logSoftmax}. */
export const logSoftmaxOperation: Operation = {
  name: 'Lacuna.LogSoftmax',
  compose: (inputs) => {
    const x = named(inputs, 'x');
    const shifted = tf.sub(x, tf.max(x, -1, true));
    return [tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)))];
  },
  emit: (graph, inputs) => {
    const x = named(inputs, 'x');
    return [graph.node('LogSoftmax', [x], { shape: x.shape }, { attributes: { axis: -1 } })];
  },
  gradient: {
    inputs: [],
    outputs: [true],
    compute: (gradient, [y]) => {
      if (y === undefined) throw new Error('the log-softmax lost what it saved');
      // ∂x = ∂y − softmax(x) · Σ ∂y
      return { x: () => tf.sub(gradient, tf.mul(tf.exp(y), tf.sum(gradient, -1, true))) };
    },
  },
};
