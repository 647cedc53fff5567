import { expect } from 'chai';
import { OnnxGraph, type OnnxKernels, type OnnxValue } from '../../lib/formats/onnx-graph.js';
import { countNodes } from './count-nodes.js';
import { operatorsOf, readNodes } from './read-nodes.js';
import { runModel, withSession } from './run-model.js';

const x = { values: Float32Array.of(1, -2, 3), shape: [3] };

/** A graph with one input `x` `[3]`. */
function graphOfX(): { graph: OnnxGraph; x: OnnxValue } {
  const graph = new OnnxGraph('test');
  return { graph, x: graph.input('x', 'float32', [3]) };
}

const unary = (graph: OnnxGraph, operator: string, value: OnnxValue) =>
  graph.node(operator, [value], { shape: value.shape });

describe('OnnxGraph', () => {
  it('runs nodes in the order in which they were added', async () => {
    const { graph, x: input } = graphOfX();
    const sum = graph.node('Add', [unary(graph, 'Abs', input), graph.scalar(0.5)], { shape: [3] });
    const model = graph.encode({ y: unary(graph, 'Neg', sum), sum });
    expect(await runModel(model, { x })).to.deep.equal({
      y: { values: [-1.5, -2.5, -3.5], shape: [3] },
      sum: { values: [1.5, 2.5, 3.5], shape: [3] },
    });
  });

  it('gives several outputs of one node, of which any may be wanted', async () => {
    const { graph, x: input } = graphOfX();
    const [values, indices] = graph.nodes(
      'TopK',
      [input, graph.integers([2])],
      [{ shape: [2] }, { type: 'int64', shape: [2] }],
    );
    if (values === undefined || indices === undefined) throw new Error('TopK has two outputs');
    expect((await runModel(graph.encode({ indices }), { x }))['indices']?.values).to.deep.equal([2, 0]);
    expect((await runModel(graph.encode({ values }), { x }))['values']?.values).to.deep.equal([3, 1]);
    expect(Object.keys(await runModel(graph.encode({ indices, values }), { x }))).to.deep.equal(['indices', 'values']);
  });

  it('leaves out optional outputs that nothing needs', async () => {
    const { graph, x: input } = graphOfX();
    const [scale, shift] = [graph.constant('float32', [3], [1, 2, 3]), graph.constant('float32', [3], [0, 0, 1])];
    const statistic = { shape: [1], isOptional: true };
    const [y, mean, deviation] = graph.nodes(
      'LayerNormalization',
      [input, scale, shift],
      [{ shape: [3] }, statistic, statistic],
    );
    if (y === undefined || mean === undefined || deviation === undefined) throw new Error('there are three outputs');
    const alone = graph.encode({ y });
    const all = graph.encode({ y, mean, deviation });
    expect(Buffer.from(alone).includes(mean.name)).to.be.false;
    expect((await runModel(alone, { x }))['y']?.values).to.deep.equal((await runModel(all, { x }))['y']?.values);
    expect((await runModel(all, { x }))['mean']?.values[0]).to.be.closeTo(2 / 3, 1e-6);
    expect((await runModel(graph.encode({ deviation }), { x }))['deviation']?.values[0]).to.be.closeTo(0.4867, 1e-4);
  });

  it('writes only what the outputs need, but every input', async () => {
    const { graph, x: input } = graphOfX();
    graph.input('idle', 'int32', [2]);
    const wanted = unary(graph, 'Neg', input);
    const unwanted = graph.node('Add', [unary(graph, 'Exp', wanted), graph.constant('float32', [3], [7, 8, 9])], {
      shape: [3],
    });
    const small = graph.encode({ y: wanted });
    expect([countNodes(small, 'Neg'), countNodes(small, 'Exp'), countNodes(small, 'Add')]).to.deep.equal([1, 0, 0]);
    await withSession(small, ({ inputNames }) => expect(inputNames).to.deep.equal(['x', 'idle']));
    const whole = graph.encode({ y: unwanted });
    expect([countNodes(whole, 'Neg'), countNodes(whole, 'Exp'), countNodes(whole, 'Add')]).to.deep.equal([1, 1, 1]);
    expect(whole.length - small.length).to.be.above(3 * 4);
  });

  it('names outputs as it is told: a node’s, an input’s, a constant’s, one of them twice', async () => {
    const { graph, x: input } = graphOfX();
    const y = unary(graph, 'Neg', input);
    const model = graph.encode({ y, again: y, same: input, fixed: graph.constant('float32', [2], [4, 5]) });
    const outputs = await runModel(model, { x });
    expect(Object.entries(outputs).map(([name, { values }]) => [name, values])).to.deep.equal([
      ['y', [-1, 2, -3]],
      ['again', [-1, 2, -3]],
      ['same', [1, -2, 3]],
      ['fixed', [4, 5]],
    ]);
    // Only what is no node's own output is copied.
    expect(countNodes(model, 'Identity')).to.equal(3);
  });

  it('goes on with a value that was renamed to an output', async () => {
    const { graph, x: input } = graphOfX();
    const middle = unary(graph, 'Neg', input);
    const outputs = await runModel(graph.encode({ end: unary(graph, 'Abs', middle), middle }), { x });
    expect(outputs['end']?.values).to.deep.equal([1, 2, 3]);
    expect(outputs['middle']?.values).to.deep.equal([-1, 2, -3]);
  });

  it('refuses names that would mean two things', () => {
    const { graph, x: input } = graphOfX();
    expect(() => graph.input('x', 'int32', [])).to.throw(RangeError, 'there are two inputs x');
    expect(() => graph.encode({ x: unary(graph, 'Neg', input) })).to.throw(
      RangeError,
      'x is the name of an input and of an output',
    );
  });

  describe('constants', () => {
    it('are shared where they are small and the same in type, shape and bits', () => {
      const graph = new OnnxGraph('test');
      const shared = graph.constant('float32', [3], [1, 2, 3]);
      expect(graph.constant('float32', [3], Float32Array.of(1, 2, 3))).to.equal(shared);
      expect(graph.constant('int32', [3], [1, 2, 3])).not.to.equal(shared);
      expect(graph.constant('float32', [1, 3], [1, 2, 3])).not.to.equal(shared);
      expect(graph.constant('float32', [3], [1, 2, 4])).not.to.equal(shared);
      expect(graph.integers([1, 2, 3])).to.equal(graph.integers([1, 2, 3]));
      expect(graph.scalar(0)).not.to.equal(graph.scalar(-0));
      const large = Float32Array.from({ length: 65 }, (_, index) => index);
      expect(graph.constant('float32', [65], large)).not.to.equal(graph.constant('float32', [65], large));
    });

    it('of one number are written as a fill, of any type', async () => {
      const graph = new OnnxGraph('test');
      const ones = graph.constant('float32', [100, 100], new Float32Array(10000).fill(1.5));
      const whole = graph.constant('int32', [100], new Int32Array(100).fill(-3));
      const truths = graph.constant('bool', [100], new Uint8Array(100).fill(1));
      const model = graph.encode({ ones, whole, truths });
      expect(model.length).to.be.below(1000);
      const outputs = await runModel(model);
      expect(outputs['ones']?.shape).to.deep.equal([100, 100]);
      expect(new Set(outputs['ones']?.values)).to.deep.equal(new Set([1.5]));
      expect(new Set(outputs['whole']?.values)).to.deep.equal(new Set([-3]));
      expect(new Set(outputs['truths']?.values)).to.deep.equal(new Set([1]));
    });

    it('keep every number: not a number, infinite, negative zero, and one among many equal', async () => {
      const graph = new OnnxGraph('test');
      const odd = graph.constant('float32', [4], [Number.NaN, Infinity, -0, -Infinity]);
      const almost = graph.constant('float32', [3], [0, -0, 0]);
      const nothing = graph.constant('float32', [3], new Float32Array(3).fill(Number.NaN));
      const outputs = await runModel(graph.encode({ odd, almost, nothing }));
      expect(outputs['odd']?.values).to.deep.equal([Number.NaN, Infinity, -0, -Infinity]);
      expect(outputs['almost']?.values).to.deep.equal([0, -0, 0]);
      expect(outputs['nothing']?.values).to.deep.equal([Number.NaN, Number.NaN, Number.NaN]);
    });

    it('keep their numbers, whatever becomes of the array', async () => {
      const graph = new OnnxGraph('test');
      const numbers = Float32Array.of(1, 2, 3);
      const y = graph.constant('float32', [3], numbers);
      numbers.fill(0);
      expect((await runModel(graph.encode({ y })))['y']?.values).to.deep.equal([1, 2, 3]);
    });
  });

  describe('repeated values', () => {
    it('are repeated only where something needs them whole', async () => {
      const { graph, x: input } = graphOfX();
      const row = graph.expand(input, [2, 3]);
      expect(row).to.deep.include({ type: 'float32', shape: [2, 3] });
      const sum = graph.node('Add', [graph.sourceOf(row), graph.scalar(1)], { shape: [3] });
      expect(countNodes(graph.encode({ sum }), 'Expand')).to.equal(0);
      const model = graph.encode({ row });
      expect(countNodes(model, 'Expand')).to.equal(1);
      expect((await runModel(model, { x }))['row']?.values).to.deep.equal([1, -2, 3, 1, -2, 3]);
    });

    it('remember what they repeat, over several steps', () => {
      const { graph, x: input } = graphOfX();
      expect(graph.sourceOf(input)).to.equal(input);
      const twice = graph.expand(graph.expand(input, [1, 3]), [2, 3]);
      expect(graph.sourceOf(twice)).to.equal(input);
    });

    it('of a known number are known', () => {
      const { graph, x: input } = graphOfX();
      expect(graph.uniformValue(graph.scalar(3))).to.equal(3);
      expect(graph.uniformValue(graph.constant('float32', [2, 2], [5, 5, 5, 5]))).to.equal(5);
      expect(graph.uniformValue(graph.constant('int32', [1], [7]))).to.equal(7);
      expect(graph.uniformValue(graph.constant('float32', [2], [5, 6]))).to.be.undefined;
      expect(graph.uniformValue(graph.expand(input, [2, 3]))).to.be.undefined;
      expect(graph.uniformValue(graph.constant('float32', [2], [0, -0]))).to.be.undefined;
    });

    it('repeat to a shape whose sizes are all alike', async () => {
      const graph = new OnnxGraph('test');
      const y = graph.expand(graph.scalar(2), [2, 2]);
      expect((await runModel(graph.encode({ y })))['y']).to.deep.equal({ values: [2, 2, 2, 2], shape: [2, 2] });
    });
  });

  it('makes a large constant once for all who ask by its key', () => {
    const graph = new OnnxGraph('test');
    let made = 0;
    const make = (length: number) => () => {
      made++;
      return graph.constant(
        'int32',
        [length],
        Int32Array.from({ length }, (_, index) => index),
      );
    };
    const first = graph.once('places 100', make(100));
    expect(graph.once('places 100', make(100))).to.equal(first);
    expect(graph.once('places 101', make(101))).not.to.equal(first);
    expect(made).to.equal(2);
  });

  it('knows whose kernels it may use: the fused ones unless it is told', () => {
    expect(new OnnxGraph('test').kernels).to.equal('fused');
    expect(new OnnxGraph('test', 'plain').kernels).to.equal('plain');
  });

  describe('values that are moved', () => {
    const bytesOf = (kernels: OnnxKernels) => {
      const graph = new OnnxGraph('test', kernels);
      const bytes = graph.input('bytes', 'uint8', [2, 3]);
      return { graph, bytes, float: graph.cast(bytes, 'float32') };
    };
    const turn = (graph: OnnxGraph) => (x: OnnxValue) =>
      graph.node('Transpose', [x], { type: x.type, shape: x.shape.toReversed() }, { attributes: { perm: [1, 0] } });
    const feeds = { bytes: { values: Uint8Array.of(0, 1, 2, 253, 254, 255), shape: [2, 3] } };

    it('are moved as bytes, and cast afterwards, several times over', async () => {
      const { graph, float } = bytesOf('fused');
      const once = graph.moveNarrow(float, turn(graph));
      expect(once).to.deep.include({ type: 'float32', shape: [3, 2] });
      const twice = graph.moveNarrow(once, turn(graph));
      const model = graph.encode({ once, twice });
      const nodes = readNodes(model);
      expect(nodes.map(({ operator }) => operator)).to.deep.equal(['Transpose', 'Cast', 'Transpose', 'Cast']);
      expect(nodes[0]?.inputs).to.deep.equal(['bytes']);
      expect(nodes[2]?.inputs).to.deep.equal(nodes[0]?.outputs);
      const outputs = await runModel(model, feeds);
      expect(outputs['once']).to.deep.equal({ values: [0, 253, 1, 254, 2, 255], shape: [3, 2] });
      expect(outputs['twice']).to.deep.equal({ values: [0, 1, 2, 253, 254, 255], shape: [2, 3] });
    });

    it('are moved as they are where they are not cast bytes, or the kernels move none', async () => {
      const { graph, float } = bytesOf('plain');
      const model = graph.encode({ y: graph.moveNarrow(float, turn(graph)) });
      expect(operatorsOf(model)).to.deep.equal(['Cast', 'Transpose']);
      expect((await runModel(model, feeds))['y']?.values).to.deep.equal([0, 253, 1, 254, 2, 255]);
      const fused = bytesOf('fused');
      const half = fused.graph.node('Mul', [fused.float, fused.graph.scalar(0.5)], { shape: [2, 3] });
      const whole = fused.graph.cast(half, 'int32');
      const moved = { half, whole, float: whole };
      for (const [name, value] of Object.entries(moved)) {
        const seen: OnnxValue[] = [];
        fused.graph.moveNarrow(value, (x) => {
          seen.push(x);
          return x;
        });
        expect(seen, name).to.deep.equal([value]);
      }
    });
  });

  it('gives a sequence where a node is said to', async () => {
    const { graph, x: input } = graphOfX();
    const all = graph.node('SequenceConstruct', [input, input], { shape: [3], isSequence: true });
    const at = graph.constant('int64', [], [1]);
    const model = graph.encode({ all, y: graph.node('SequenceAt', [all, at], { shape: [3] }) });
    await withSession(model, ({ outputMetadata }) =>
      expect(outputMetadata.map(({ isTensor }) => isTensor)).to.deep.equal([false, true]),
    );
  });

  it('casts between all types of tensors', async () => {
    const graph = new OnnxGraph('test');
    const bytes = graph.input('bytes', 'uint8', [3]);
    const float = graph.cast(bytes, 'float32');
    const half = graph.node('Mul', [float, graph.scalar(0.5)], { shape: [3] });
    const model = graph.encode({ float, whole: graph.cast(half, 'int32'), truth: graph.cast(float, 'bool') });
    const outputs = await runModel(model, { bytes: { values: Uint8Array.of(0, 3, 255), shape: [3] } });
    expect(Object.values(outputs).map(({ values }) => values)).to.deep.equal([
      [0, 3, 255],
      [0, 1, 127],
      [0, 1, 1],
    ]);
  });
});
