import { expect } from 'chai';
import {
  emitAdd,
  emitBinary,
  emitCast,
  emitMultiply,
  emitUnary,
  emitWhere,
} from '../../../lib/engine/tracing/emit-elements.js';
import { OnnxGraph, type OnnxValue } from '../../../lib/formats/onnx-graph.js';
import { operatorsOf, readNodes } from '../../formats/read-nodes.js';
import { runModel } from '../../formats/run-model.js';

/** A row `[3]` and a column `[2, 1]`, each also repeated to `[2, 3]`. */
function operandsOf() {
  const graph = new OnnxGraph('test');
  const [row, column] = [graph.input('row', 'float32', [3]), graph.input('column', 'float32', [2, 1])];
  return { graph, row, column, rows: graph.expand(row, [2, 3]), columns: graph.expand(column, [2, 3]) };
}
const feeds = {
  row: { values: Float32Array.of(1, -2, 3), shape: [3] },
  column: { values: Float32Array.of(10, 20), shape: [2, 1] },
};
const run = async (graph: OnnxGraph, y: OnnxValue) => (await runModel(graph.encode({ y }), feeds))['y'];

describe('emit-elements', () => {
  it('works on a value before it is repeated', async () => {
    const { graph, row, rows } = operandsOf();
    const y = emitUnary(graph, 'Neg', rows);
    expect(y).to.deep.include({ type: 'float32', shape: [2, 3] });
    expect(graph.sourceOf(y).shape).to.deep.equal([3]);
    const [neg, expand] = readNodes(graph.encode({ y }));
    expect([neg?.operator, neg?.inputs, expand?.operator]).to.deep.equal(['Neg', [row.name], 'Expand']);
    expect(await run(graph, y)).to.deep.equal({ values: [-1, 2, -3, -1, 2, -3], shape: [2, 3] });
  });

  it('broadcasts two values, and repeats only what neither is', async () => {
    const { graph, row, column, rows, columns } = operandsOf();
    const outer = emitBinary(graph, 'Sub', columns, rows);
    expect(operatorsOf(graph.encode({ y: outer }))).to.deep.equal(['Sub']);
    expect(await run(graph, outer)).to.deep.equal({ values: [9, 12, 7, 19, 22, 17], shape: [2, 3] });
    expect(emitBinary(graph, 'Sub', row, column).shape).to.deep.equal([2, 3]);
    const small = emitBinary(graph, 'Mul', rows, graph.scalar(2));
    expect(graph.sourceOf(small).shape).to.deep.equal([3]);
    expect(await run(graph, small)).to.deep.equal({ values: [2, -4, 6, 2, -4, 6], shape: [2, 3] });
    const above = emitBinary(graph, 'Greater', row, graph.scalar(0), 'bool');
    expect(above).to.deep.include({ type: 'bool', shape: [3] });
    expect(() => emitBinary(graph, 'Add', row, graph.input('pair', 'float32', [2]))).to.throw(RangeError);
  });

  it('adds no zeros and multiplies by no ones, from either side, and still broadcasts', async () => {
    const { graph, row } = operandsOf();
    const [zero, one, zeros] = [graph.scalar(0), graph.scalar(1), graph.expand(graph.scalar(0), [2, 3])];
    expect([emitAdd(graph, row, zero), emitAdd(graph, zero, row)]).to.deep.equal([row, row]);
    expect([emitMultiply(graph, row, one), emitMultiply(graph, one, row)]).to.deep.equal([row, row]);
    for (const y of [emitAdd(graph, row, zeros), emitAdd(graph, zeros, row)]) {
      expect(operatorsOf(graph.encode({ y }))).to.deep.equal(['Expand']);
      expect(await run(graph, y)).to.deep.equal({ values: [1, -2, 3, 1, -2, 3], shape: [2, 3] });
    }
    // 0 · x is no zero where x is no number, and x + 1 no x.
    expect(operatorsOf(graph.encode({ y: emitMultiply(graph, row, zero) }))).to.deep.equal(['Mul']);
    expect(operatorsOf(graph.encode({ y: emitAdd(graph, row, one) }))).to.deep.equal(['Add']);
    expect((await run(graph, emitAdd(graph, row, one)))?.values).to.deep.equal([2, -1, 4]);
  });

  it('chooses between values in the type of the first, before they are repeated', async () => {
    const { graph, row, rows, columns } = operandsOf();
    const isAbove = emitBinary(graph, 'Greater', rows, graph.scalar(0), 'bool');
    const whole = graph.expand(graph.constant('int32', [1], [7]), [2, 3]);
    const y = emitWhere(graph, isAbove, columns, whole);
    expect(y).to.deep.include({ type: 'float32', shape: [2, 3] });
    expect(operatorsOf(graph.encode({ y }))).to.deep.equal(['Greater', 'Cast', 'Where']);
    expect(await run(graph, y)).to.deep.equal({ values: [10, 7, 10, 20, 7, 20], shape: [2, 3] });
    const repeated = emitWhere(graph, isAbove, rows, graph.expand(graph.scalar(-1), [2, 3]));
    expect(graph.sourceOf(repeated).shape).to.deep.equal([3]);
    expect(await run(graph, repeated)).to.deep.equal({ values: [1, -1, 3, 1, -1, 3], shape: [2, 3] });
    expect(emitWhere(graph, isAbove, graph.constant('int32', [], [1]), row).type).to.equal('int32');
  });

  it('casts before it repeats, and not at all to the same type', async () => {
    const { graph, row, rows } = operandsOf();
    expect(emitCast(graph, row, 'float32')).to.equal(row);
    const y = emitCast(graph, rows, 'int32');
    expect(y).to.deep.include({ type: 'int32', shape: [2, 3] });
    expect(operatorsOf(graph.encode({ y }))).to.deep.equal(['Cast', 'Expand']);
    expect(await run(graph, y)).to.deep.equal({ values: [1, -2, 3, 1, -2, 3], shape: [2, 3] });
  });
});
