// Owns the sum of squares, of which losses and the norm of a gradient are made. Knows nothing of models.
import { named, runForOne, type Operation } from './operation.js';
import { tf } from './tfjs.js';

/**
 * Σ x² over all of `x`, in one pass.
 * @returns `[]`
 */
export function sumSquares(x: tf.Tensor): tf.Tensor {
  return runForOne(sumSquaresOperation, { x });
}

/** See {@link sumSquares}. */
export const sumSquaresOperation: Operation = {
  name: 'Lacuna.SumSquares',
  compose: (inputs) => [tf.sum(tf.square(named(inputs, 'x')))],
  emit: (graph, inputs) => [
    graph.node('ReduceSumSquare', [named(inputs, 'x')], { shape: [] }, { attributes: { keepdims: 0 } }),
  ],
  gradient: {
    inputs: ['x'],
    compute: (gradient, [x]) => {
      if (x === undefined) throw new Error('the sum of squares lost what it saved');
      return { x: () => tf.mul(x, tf.mul(gradient, 2)) };
    },
  },
};
