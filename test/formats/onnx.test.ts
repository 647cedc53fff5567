import { expect } from 'chai';
import { loadOnnxRuntime } from '../../lib/engine/onnx-runtime.js';
import { encodeOnnx, type OnnxModel, type OnnxNode, onnxOpset, onnxTypeNumbers } from '../../lib/formats/onnx.js';
import { rejectionOf } from '../video/made-videos.js';
import { countNodes } from './count-nodes.js';
import { runModel, withSession } from './run-model.js';

const node = (operator: string, inputs: string[], outputs: string[], more: Partial<OnnxNode> = {}): OnnxNode => ({
  operator,
  domain: '',
  inputs,
  outputs,
  attributes: {},
  ...more,
});

/** A model without inputs, outputs, constants or nodes but those given. */
const modelOf = (parts: Partial<OnnxModel>): OnnxModel => ({
  name: 'test',
  inputs: [],
  outputs: [],
  constants: [],
  nodes: [],
  ...parts,
});

const bytesOf = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('encodeOnnx', () => {
  it('writes a model that onnxruntime reads: names, types and shapes', async () => {
    const model = modelOf({
      inputs: [
        { name: 'a', type: 'float32', shape: [2, 3] },
        { name: 'b', type: 'int32', shape: [] },
        { name: 'c', type: 'uint8', shape: [1, 4] },
      ],
      outputs: [
        { name: 'y', type: 'float32', shape: [3, 2] },
        { name: 'z', type: 'bool', shape: [2, 3] },
      ],
      nodes: [node('Transpose', ['a'], ['y'], { attributes: { perm: [1, 0] } }), node('Greater', ['a', 'a'], ['z'])],
    });
    await withSession(encodeOnnx(model), ({ inputNames, outputNames, inputMetadata, outputMetadata }) => {
      expect(inputNames).to.deep.equal(['a', 'b', 'c']);
      expect(outputNames).to.deep.equal(['y', 'z']);
      expect(inputMetadata).to.deep.equal([
        { name: 'a', isTensor: true, type: 'float32', shape: [2, 3] },
        { name: 'b', isTensor: true, type: 'int32', shape: [] },
        { name: 'c', isTensor: true, type: 'uint8', shape: [1, 4] },
      ]);
      expect(outputMetadata.map((metadata) => 'type' in metadata && metadata.type)).to.deep.equal(['float32', 'bool']);
    });
  });

  it('writes attributes of each kind', async () => {
    const model = modelOf({
      inputs: [{ name: 'x', type: 'float32', shape: [1, 4] }],
      outputs: ['float', 'int', 'ints', 'text'].map((name) => ({
        name,
        type: 'float32' as const,
        shape: name === 'ints' ? [4, 1] : name === 'int' ? [1] : name === 'text' ? [1, 1, 2, 2] : [1, 4],
      })),
      constants: [{ name: 'last', type: 'int64', shape: [], bytes: new Uint8Array(BigInt64Array.of(-1n).buffer) }],
      nodes: [
        node('LeakyRelu', ['x'], ['float'], { attributes: { alpha: { float: 0.25 } } }),
        node('Gather', ['x', 'last'], ['int'], { attributes: { axis: -1 } }),
        node('Transpose', ['x'], ['ints'], { attributes: { perm: [1, 0] } }),
        node('Reshape', ['x', 'four'], ['cube']),
        node('DepthToSpace', ['cube'], ['text'], { attributes: { blocksize: 2, mode: 'CRD' } }),
      ],
    });
    const four = {
      name: 'four',
      type: 'int64' as const,
      shape: [4],
      bytes: new Uint8Array(BigInt64Array.of(1n, 4n, 1n, 1n).buffer),
    };
    const outputs = await runModel(encodeOnnx({ ...model, constants: [...model.constants, four] }), {
      x: { values: Float32Array.of(-4, 2, -1, 8), shape: [1, 4] },
    });
    expect(outputs).to.deep.equal({
      float: { values: [-1, 2, -0.25, 8], shape: [1, 4] },
      int: { values: [8], shape: [1] },
      ints: { values: [-4, 2, -1, 8], shape: [4, 1] },
      text: { values: [-4, 2, -1, 8], shape: [1, 1, 2, 2] },
    });
  });

  it('keeps a whole number as a float where it is marked as one', async () => {
    const model = modelOf({
      inputs: [{ name: 'x', type: 'float32', shape: [1] }],
      outputs: [{ name: 'y', type: 'float32', shape: [1] }],
      nodes: [node('LeakyRelu', ['x'], ['y'], { attributes: { alpha: { float: 2 } } })],
    });
    const x = { values: Float32Array.of(-3), shape: [1] };
    expect((await runModel(encodeOnnx(model), { x }))['y']?.values).to.deep.equal([-6]);
    const wrong = { ...model, nodes: [node('LeakyRelu', ['x'], ['y'], { attributes: { alpha: 2 } })] };
    expect(await rejectionOf(runModel(encodeOnnx(wrong), { x }))).to.be.instanceOf(Error);
  });

  it('stores constants of each type, little-endian', async () => {
    const constants: OnnxModel['constants'] = [
      { name: 'float32', type: 'float32', shape: [2], bytes: bytesOf(0.5, -1e30) },
      { name: 'int32', type: 'int32', shape: [2], bytes: new Uint8Array(Int32Array.of(-7, 2 ** 30).buffer) },
      { name: 'int64', type: 'int64', shape: [2], bytes: new Uint8Array(BigInt64Array.of(-(2n ** 40n), 5n).buffer) },
      { name: 'uint8', type: 'uint8', shape: [2], bytes: Uint8Array.of(0, 255) },
      { name: 'bool', type: 'bool', shape: [2], bytes: Uint8Array.of(1, 0) },
    ];
    expect(constants.map(({ type }) => type).sort()).to.deep.equal(Object.keys(onnxTypeNumbers).sort());
    const outputs = constants.map(({ name, type, shape }) => ({ name: `${name} out`, type, shape }));
    const nodes = constants.map(({ name }) => node('Identity', [name], [`${name} out`]));
    const read = await runModel(encodeOnnx(modelOf({ constants, outputs, nodes })));
    expect(Object.values(read).map(({ values }) => values)).to.deep.equal([
      [0.5, Math.fround(-1e30)],
      [-7, 2 ** 30],
      [-(2 ** 40), 5],
      [0, 255],
      [1, 0],
    ]);
  });

  it('asks for the domains that its nodes use, and for one version of the standard operators', async () => {
    const model = modelOf({
      inputs: [{ name: 'x', type: 'float32', shape: [1] }],
      outputs: [{ name: 'y', type: 'float32', shape: [1] }],
      nodes: [node('Gelu', ['x'], ['y'], { domain: 'com.microsoft' })],
    });
    const bytes = encodeOnnx(model);
    expect(onnxOpset).to.equal(17);
    expect(Buffer.from(bytes).includes('com.microsoft')).to.be.true;
    const outputs = await runModel(bytes, { x: { values: Float32Array.of(1), shape: [1] } });
    expect(outputs['y']?.values[0]).to.be.closeTo(0.8413447, 1e-6);
    const plain = encodeOnnx({ ...model, nodes: [node('Relu', ['x'], ['y'])] });
    expect(Buffer.from(plain).includes('com.microsoft')).to.be.false;
    expect([countNodes(plain, 'Relu'), countNodes(plain, 'Gelu'), countNodes(bytes, 'Gelu')]).to.deep.equal([1, 0, 1]);
  });

  it('leaves out an optional input by an empty name', async () => {
    const model = modelOf({
      inputs: [{ name: 'x', type: 'float32', shape: [2] }],
      outputs: [{ name: 'y', type: 'float32', shape: [2] }],
      constants: [{ name: 'high', type: 'float32', shape: [], bytes: bytesOf(1) }],
      nodes: [node('Clip', ['x', '', 'high'], ['y'])],
    });
    const outputs = await runModel(encodeOnnx(model), { x: { values: Float32Array.of(-5, 5), shape: [2] } });
    expect(outputs['y']?.values).to.deep.equal([-5, 1]);
  });

  it('writes an output that is a sequence, which onnxruntime names and binds to no tensor', async () => {
    const model = encodeOnnx(
      modelOf({
        inputs: [{ name: 'x', type: 'float32', shape: [2] }],
        outputs: [
          { name: 'all', type: 'float32', shape: [2], isSequence: true },
          { name: 'y', type: 'float32', shape: [2] },
        ],
        nodes: [node('SequenceConstruct', ['x', 'x'], ['all']), node('Neg', ['x'], ['y'])],
      }),
    );
    await withSession(model, async (session) => {
      expect(session.outputNames).to.deep.equal(['all', 'y']);
      expect(session.outputMetadata.map(({ isTensor }) => isTensor)).to.deep.equal([false, true]);
      const { Tensor } = await loadOnnxRuntime();
      const x = new Tensor('float32', Float32Array.of(1, -2), [2]);
      expect([...((await session.run({ x }, ['y']))['y']?.data as Float32Array)]).to.deep.equal([-1, 2]);
      expect(await rejectionOf(session.run({ x }, ['all'])))
        .to.be.instanceOf(Error)
        .with.property('message')
        .that.matches(/non[ -]tensor type/i);
    });
  });

  it('refuses an attribute that would be cut to a whole number', () => {
    for (const axis of [0.5, Number.NaN]) {
      const model = modelOf({ nodes: [node('Softmax', ['x'], ['y'], { attributes: { axis } })] });
      expect(() => encodeOnnx(model)).to.throw(RangeError, `the attribute axis must be whole, got ${axis}`);
    }
    const model = modelOf({ nodes: [node('Conv', ['x'], ['y'], { attributes: { pads: [1, 0.5] } })] });
    expect(() => encodeOnnx(model)).to.throw(RangeError, 'the attribute pads must be whole, got 0.5');
  });
});
