// Owns the sum over rows, which every bias has for a gradient. Knows nothing of models.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { emitProduct } from './emit-product.js';
import { named, runForOne, type Operation } from './operation.js';
import { tf } from './tfjs.js';

/**
 * The sum over all axes but the last.
 * @param x `[…, D]`
 * @returns `[D]`
 */
export function sumRows(x: tf.Tensor): tf.Tensor {
  return runForOne(rowSumOperation, { x: tf.reshape(x, [-1, x.shape.at(-1) ?? 1]) });
}

/** See {@link sumRows}; `x` `[R, D]`. */
export const rowSumOperation: Operation = {
  name: 'Lacuna.RowSum',
  compose: (inputs) => [tf.sum(named(inputs, 'x'), 0)],
  emit: (graph, inputs) => [emitRowSum(graph, named(inputs, 'x'))],
};

/**
 * `[R, D]` → `[D]` as a product with a row of ones, which reads each row once: 0.06 ms where onnxruntime's own reduction over
 * the first axis takes 0.28 (6,272 × 192, 2 threads).
 */
export function emitRowSum(graph: OnnxGraph, x: OnnxValue): OnnxValue {
  const [rows = 1, width = 1] = x.shape;
  const ones = graph.expand(graph.scalar(1), [1, rows]);
  return graph.node('Reshape', [emitProduct(graph, ones, x), graph.integers([width])], { shape: [width] });
}
