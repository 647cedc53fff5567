import { expect } from 'chai';
import { OnnxGraph } from '../../lib/formats/onnx-graph.js';
import { emitTransposedConvolution } from '../../lib/operations/emit-transposed-convolution.js';
import { countNodes } from '../formats/count-nodes.js';

/** The model that makes a picture `[1, 4, 4, 2]` larger, and the shape of the result. */
function enlarge(kernel: number, stride: number) {
  const graph = new OnnxGraph('test');
  const x = graph.input('x', 'float32', [1, 4, 4, 2]);
  const weight = graph.input('weight', 'float32', [2, kernel, kernel, 3]);
  const side = 4 * stride;
  const y = emitTransposedConvolution(graph, x, weight, { stride, height: side, width: side });
  return { shape: y.shape, products: countNodes(graph.encode({ y }), 'MatMul') };
}

describe('emitTransposedConvolution', () => {
  it('takes one product for each phase that an offset of the kernel reaches', () => {
    expect(enlarge(3, 1)).to.deep.equal({ shape: [1, 4, 4, 3], products: 1 });
    expect(enlarge(3, 2)).to.deep.equal({ shape: [1, 8, 8, 3], products: 4 });
    expect(enlarge(1, 2)).to.deep.equal({ shape: [1, 8, 8, 3], products: 1 });
    expect(enlarge(3, 4)).to.deep.equal({ shape: [1, 16, 16, 3], products: 9 });
  });
});
