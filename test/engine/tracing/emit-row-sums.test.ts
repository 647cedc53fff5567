import { expect } from 'chai';
import { emitRowSums } from '../../../lib/engine/tracing/emit-row-sums.js';
import { OnnxGraph } from '../../../lib/formats/onnx-graph.js';
import { countNodes } from '../../formats/count-nodes.js';

/** The numbers of products and of scatterings of each kind for a sum into so many rows. */
function nodesOf(count: number): Record<string, number> {
  const graph = new OnnxGraph('test');
  const y = emitRowSums(graph, graph.input('x', 'float32', [6, 3]), graph.input('ids', 'int32', [6]), count);
  expect(y.shape).to.deep.equal([count, 3]);
  const model = graph.encode({ y });
  return Object.fromEntries(
    ['MatMul', 'ScatterElements', 'ScatterND'].map((operator) => [operator, countNodes(model, operator)]),
  );
}

describe('emitRowSums', () => {
  it('is a product into few rows and scatters into many, never from several threads at once', () => {
    expect(nodesOf(512)).to.deep.equal({ MatMul: 1, ScatterElements: 0, ScatterND: 0 });
    expect(nodesOf(513)).to.deep.equal({ MatMul: 0, ScatterElements: 1, ScatterND: 0 });
  });
});
