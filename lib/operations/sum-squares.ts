// Owns the sum of squares, of which the norm of a gradient is made. Knows nothing of models.
import * as tf from '@tensorflow/tfjs';
import { named, runForOne, type Operation } from './operation.js';

/**
 * Σ x² over all of `x`, in one pass.
 * @returns `[]`
 */
export function sumSquares(x: tf.Tensor): tf.Tensor {
  return runForOne(sumSquaresOperation, { x });
}

/** See {@link sumSquares}; nothing is learned through it. */
export const sumSquaresOperation: Operation = {
  name: 'Lacuna.SumSquares',
  compose: (inputs) => [tf.sum(tf.square(named(inputs, 'x')))],
  emit: (graph, inputs) => [
    graph.node('ReduceSumSquare', [named(inputs, 'x')], { shape: [] }, { attributes: { keepdims: 0 } }),
  ],
};
