import { expect } from 'chai';
import { OnnxGraph, type OnnxKernels, type OnnxValue } from '../../lib/formats/onnx-graph.js';
import {
  emitConcat,
  emitGather,
  emitPad,
  emitReshape,
  emitSlice,
  emitTranspose,
} from '../../lib/operations/emit-layout.js';
import { countNodes } from '../formats/count-nodes.js';
import { operatorsOf, readNodes } from '../formats/read-nodes.js';
import { runModel } from '../formats/run-model.js';

const indices = (graph: OnnxGraph, ...numbers: number[]) => graph.constant('int32', [numbers.length], numbers);

/** Each move of a value `[2, 3]`, its operator and what becomes of 10 to 15. */
const moves: Record<
  string,
  { move: (graph: OnnxGraph, x: OnnxValue) => OnnxValue; shape: readonly number[]; values: readonly number[] }
> = {
  Reshape: {
    move: (graph, x) => emitReshape(graph, x, [3, 1, 2]),
    ...{ shape: [3, 1, 2], values: [10, 11, 12, 13, 14, 15] },
  },
  Slice: { move: (graph, x) => emitSlice(graph, x, [0, 1], [2, 2]), shape: [2, 2], values: [11, 12, 14, 15] },
  Transpose: {
    move: (graph, x) => emitTranspose(graph, x, [1, 0]),
    ...{ shape: [3, 2], values: [10, 13, 11, 14, 12, 15] },
  },
  Gather: {
    move: (graph, x) => emitGather(graph, x, indices(graph, 2, 0, 2), 1),
    ...{ shape: [2, 3], values: [12, 10, 12, 15, 13, 15] },
  },
};

/** The model of a value that was bytes, cast and then moved. */
function modelOf(kernels: OnnxKernels, move: (graph: OnnxGraph, x: OnnxValue) => OnnxValue): Uint8Array {
  const graph = new OnnxGraph('test', kernels);
  return graph.encode({ y: move(graph, graph.cast(graph.input('bytes', 'uint8', [2, 3]), 'float32')) });
}
const bytes = { values: Uint8Array.of(10, 11, 12, 13, 14, 15), shape: [2, 3] };
const floats = { values: Float32Array.of(10, 11, 12, 13, 14, 15), shape: [2, 3] };

describe('emit-layout', () => {
  for (const [operator, { move, shape, values }] of Object.entries(moves)) {
    it(`${operator} gives its values in place, of floats and whole numbers`, async () => {
      for (const [type, x] of [
        ['float32', floats],
        ['int32', { ...floats, values: Int32Array.from(floats.values) }],
      ] as const) {
        const graph = new OnnxGraph('test');
        const y = move(graph, graph.input('x', type, [2, 3]));
        expect(y).to.deep.include({ type, shape });
        const model = graph.encode({ y });
        expect(operatorsOf(model)).to.deep.equal([operator]);
        expect((await runModel(model, { x }))['y']).to.deep.equal({ values, shape });
      }
    });

    it(`${operator} moves bytes before they are cast, to the same numbers; plain kernels cast first`, async () => {
      const narrow = modelOf('fused', move);
      expect(operatorsOf(narrow)).to.deep.equal([operator, 'Cast']);
      expect(readNodes(narrow)[0]?.inputs[0]).to.equal('bytes');
      const plain = modelOf('plain', move);
      expect(operatorsOf(plain)).to.deep.equal(['Cast', operator]);
      for (const model of [narrow, plain]) {
        expect((await runModel(model, { bytes }))['y']).to.deep.equal({ values, shape });
      }
    });
  }

  it('moves bytes through a chain of moves, and casts once at its end', async () => {
    const chain = (graph: OnnxGraph, x: OnnxValue) => {
      const turned = emitTranspose(graph, emitReshape(graph, x, [1, 3, 2]), [2, 1, 0]);
      return emitGather(
        graph,
        emitReshape(graph, emitSlice(graph, turned, [0, 1, 0], [2, 2, 1]), [4]),
        indices(graph, 3, 0),
        0,
      );
    };
    const model = modelOf('fused', chain);
    expect(operatorsOf(model)).to.deep.equal(['Reshape', 'Transpose', 'Slice', 'Reshape', 'Gather', 'Cast']);
    // [[10, 11], [12, 13], [14, 15]] turned is [[10, 12, 14], [11, 13, 15]], cut to [12, 14, 13, 15].
    for (const each of [model, modelOf('plain', chain)]) {
      expect((await runModel(each, { bytes }))['y']?.values).to.deep.equal([15, 12]);
    }
  });

  it('adds nothing where nothing moves', () => {
    const graph = new OnnxGraph('test');
    const x = graph.input('x', 'float32', [2, 3]);
    expect(emitReshape(graph, x, [2, 3])).to.equal(x);
    expect(emitSlice(graph, x, [0, 0], [2, 3])).to.equal(x);
    expect(emitTranspose(graph, x, [0, 1])).to.equal(x);
    expect(emitConcat(graph, [x], 0)).to.equal(x);
    expect(
      emitPad(graph, x, [
        [0, 0],
        [0, 0],
      ]),
    ).to.equal(x);
  });

  it('keeps one number repeated one number repeated, in another shape', async () => {
    const graph = new OnnxGraph('test');
    const y = emitReshape(graph, graph.constant('float32', [2, 3], [5, 5, 5, 5, 5, 5]), [6]);
    expect(graph.uniformValue(y)).to.equal(5);
    const input = graph.input('x', 'float32', [1, 1]);
    const z = emitReshape(graph, graph.expand(input, [2, 3]), [3, 2]);
    expect(graph.sourceOf(z).shape).to.deep.equal([]);
    const outputs = await runModel(graph.encode({ y, z }), { x: { values: Float32Array.of(7), shape: [1, 1] } });
    expect(outputs['y']).to.deep.equal({ values: [5, 5, 5, 5, 5, 5], shape: [6] });
    expect(outputs['z']).to.deep.equal({ values: [7, 7, 7, 7, 7, 7], shape: [3, 2] });
    // A row repeated is none.
    const row = graph.expand(graph.input('row', 'float32', [3]), [2, 3]);
    expect(graph.uniformValue(emitReshape(graph, row, [6]))).to.be.undefined;
  });

  it('joins parts along any axis, and refuses none', async () => {
    const graph = new OnnxGraph('test');
    const x = graph.input('x', 'float32', [2, 3]);
    const part = emitSlice(graph, x, [0, 0], [2, 1]);
    const y = emitConcat(graph, [x, part, part], 1);
    expect(y.shape).to.deep.equal([2, 5]);
    expect((await runModel(graph.encode({ y }), { x: floats }))['y']?.values).to.deep.equal([
      ...[10, 11, 12, 10, 10, 13, 14, 15, 13, 13],
    ]);
    expect(() => emitConcat(graph, [], 0)).to.throw(RangeError, 'there is nothing to join');
  });

  it('puts a number around a value, before and after along each axis', async () => {
    const graph = new OnnxGraph('test');
    const x = graph.input('x', 'float32', [2, 3]);
    const y = emitPad(
      graph,
      x,
      [
        [1, 0],
        [0, 2],
      ],
      -1,
    );
    expect(y.shape).to.deep.equal([3, 5]);
    const model = graph.encode({ y });
    expect(countNodes(model, 'Pad')).to.equal(1);
    expect((await runModel(model, { x: floats }))['y']?.values).to.deep.equal([
      ...[-1, -1, -1, -1, -1],
      ...[10, 11, 12, -1, -1],
      ...[13, 14, 15, -1, -1],
    ]);
  });
});
