import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { productKernels } from '../../../lib/engine/tracing/product-kernels.js';
import { trace } from '../../../lib/engine/tracing/trace.js';
import { OnnxGraph } from '../../../lib/formats/onnx-graph.js';
import { countNodes } from '../../formats/count-nodes.js';
import { describeKernels } from './same-as-tfjs.js';

describe('productKernels', () => {
  describeKernels(productKernels, {
    BatchMatMul: ({ x, y, cube }) => {
      const other = tf.reshape(tf.transpose(cube, [2, 1, 0]), [2, 4, 2]);
      return [
        tf.matMul(x, y, false, true),
        tf.matMul(x, y, true, false),
        tf.matMul(x, tf.transpose(y)),
        tf.matMul(x, tf.transpose(y), true, true),
        tf.matMul(cube, other),
        tf.matMul(cube, other, true, true),
        tf.matMul(cube, cube, false, true),
        // One matrix for the whole batch.
        tf.matMul(cube, tf.slice(other, [1, 0, 0], [1, 4, 2])),
        tf.matMul(tf.slice(cube, [0, 0, 0], [1, 2, 4]), cube, false, true),
      ];
    },
    Einsum: ({ x, y, row, cube }) => [
      tf.einsum('ij,kj->ik', x, y),
      tf.einsum('ij,j->i', x, row),
      tf.einsum('ij->ji', x),
      tf.einsum('bij,bkj->bik', cube, cube),
      tf.einsum('bij->b', cube),
    ],
  });

  it('reads large operands as they lie: nothing is transposed before a product or its gradient', () => {
    const graph = new OnnxGraph('test');
    const inputs = { x: graph.input('x', 'float32', [2048, 512]), w: graph.input('w', 'float32', [513, 512]) };
    const outputs = trace(graph, inputs, (tensors) => {
      const { value, grads } = tf.valueAndGrads((x: tf.Tensor, w: tf.Tensor) =>
        tf.sum(tf.square(tf.matMul(x, w, false, true))),
      )(Object.values(tensors));
      return { value, ...Object.fromEntries(grads.map((gradient, index) => [`gradient${index}`, gradient])) };
    });
    const model = graph.encode(outputs);
    expect(countNodes(model, 'FusedMatMul') + countNodes(model, 'MatMul')).to.equal(3);
    expect(countNodes(model, 'Transpose')).to.equal(0);
  });
});
