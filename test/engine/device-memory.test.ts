import { expect } from 'chai';
import type { InferenceSession } from 'onnxruntime-web';
import { createDeviceMemory, type OpenSession } from '../../lib/engine/device-memory.js';
import { stateArrayNames } from '../../lib/engine/engine.js';
import type { MakeTensor } from '../../lib/engine/onnx-tensors.js';
import type { OnnxTensors } from '../../lib/engine/onnx-memory.js';
import { loadOnnxRuntime } from '../../lib/engine/onnx-runtime.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { operatorsOf } from '../formats/read-nodes.js';
import { rejectionOf } from '../video/made-videos.js';

const layout = layOutParameters([
  { name: 'w', shape: [2, 2], decay: true },
  { name: 'b', shape: [2], decay: false },
]);
const numbersFrom = (start: number) => Float32Array.from({ length: 6 }, (_, index) => start + index);
const arraysOf = () => ({ parameters: numbersFrom(0), moments1: numbersFrom(10), moments2: numbersFrom(20) });
const contentOf = (tensors: OnnxTensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...(data as Float32Array)]]));

/** Where there is no GPU, the processor is the device: what a run gives is new memory there too. */
describe('createDeviceMemory, on the processor', () => {
  const sessions: InferenceSession[] = [];
  const opened: { readonly operators: string[]; readonly results: string }[] = [];
  let float32: MakeTensor;
  let openSession: OpenSession;
  before(async () => {
    const { InferenceSession, Tensor, sessionOptions } = await loadOnnxRuntime();
    float32 = (values, shape) => new Tensor('float32', values, shape);
    openSession = async (bytes, results) => {
      opened.push({ operators: operatorsOf(bytes), results });
      const session = await InferenceSession.create(bytes, await sessionOptions('cpu', 1));
      sessions.push(session);
      return session;
    };
  });
  beforeEach(() => {
    opened.length = 0;
  });
  after(async () => {
    for (const session of sessions) await session.release();
  });

  it('starts from zeros, and gives back copies of what was written', async () => {
    const memory = createDeviceMemory(float32, openSession);
    const state = memory.createState(layout, { averages: true });
    expect(await memory.readState(state)).to.deep.equal({
      ...{ parameters: new Float32Array(6), moments1: new Float32Array(6) },
      ...{ moments2: new Float32Array(6), averages: new Float32Array(6) },
    });
    const given = { ...arraysOf(), averages: numbersFrom(30) };
    await memory.writeState(state, given);
    given.parameters.fill(-1);
    const read = await memory.readState(state);
    expect(read).to.deep.equal({ ...arraysOf(), averages: numbersFrom(30) });
    read.parameters.fill(-1);
    expect((await memory.readState(state)).parameters).to.deep.equal(numbersFrom(0));
  });

  it('carries by two sessions for a layout, of which one leaves its results on the device', async () => {
    const memory = createDeviceMemory(float32, openSession);
    for (let time = 0; time < 2; time++) await memory.readState(memory.createState(layout));
    expect(opened.map(({ results }) => results)).to.have.members(['gpu-buffer', 'cpu']);
    for (const { operators } of opened) expect(operators).to.deep.equal(['Identity', 'Identity']);
  });

  it('feeds whole groups, and reads what was written once it is swapped in', async () => {
    const memory = createDeviceMemory(float32, openSession);
    const state = memory.createState(layout);
    await memory.writeState(state, arraysOf());
    const view = memory.view(layout, { reads: ['parameters'], updates: ['parameters', 'moments1'] });
    expect(contentOf(await view.feeds(state))).to.deep.equal({
      ...{ 'parameters/0': [0, 1, 2, 3], 'parameters/1': [4, 5] },
      ...{ 'moments1/0': [10, 11, 12, 13], 'moments1/1': [14, 15] },
    });
    const fetches = await view.fetches(state);
    expect(Object.keys(fetches)).to.have.members([
      ...['next:parameters/0', 'next:parameters/1', 'next:moments1/0', 'next:moments1/1'],
    ]);
    for (const { data } of Object.values(fetches)) (data as Float32Array).fill(7);
    expect(await memory.readState(state)).to.deep.equal(arraysOf());
    view.swap(state);
    const sevens = new Float32Array(6).fill(7);
    expect(await memory.readState(state)).to.deep.equal({ ...arraysOf(), parameters: sevens, moments1: sevens });
    // Now what was read is written: there are two sets and no more.
    view.swap(state);
    expect(await memory.readState(state)).to.deep.equal(arraysOf());
  });

  it('feeds the averages as the parameters where that is asked', async () => {
    const memory = createDeviceMemory(float32, openSession);
    const state = memory.createState(layout, { averages: true });
    await memory.writeState(state, { ...arraysOf(), averages: numbersFrom(30) });
    const view = memory.view(layout, { reads: ['parameters'] });
    expect(contentOf(await view.feeds(state, 'averages'))).to.deep.equal({
      'parameters/0': [30, 31, 32, 33],
      'parameters/1': [34, 35],
    });
  });

  it('refuses a state without the averages that are needed, of another layout, and of another engine', async () => {
    const memory = createDeviceMemory(float32, openSession);
    const bare = memory.createState(layout);
    const needs = 'the program needs moving averages, and the state keeps none';
    const moving = memory.view(layout, { updates: [...stateArrayNames, 'averages'] });
    const view = memory.view(layout, { reads: ['parameters'], updates: stateArrayNames });
    for (const call of [moving.feeds(bare), moving.fetches(bare), view.feeds(bare, 'averages')]) {
      expect(await rejectionOf(call))
        .to.be.instanceOf(RangeError)
        .with.property('message', needs);
    }
    const other = memory.createState(layOutParameters([{ name: 'w', shape: [6], decay: true }]));
    const foreign = { layout };
    for (const call of [view.feeds, view.fetches]) {
      expect(await rejectionOf(call(other)))
        .to.be.instanceOf(RangeError)
        .with.property('message', 'the state has w [6] where the program has w [2, 2]');
      expect(await rejectionOf(call(foreign))).to.be.instanceOf(TypeError);
    }
    for (const call of [memory.readState(foreign), memory.writeState(foreign, arraysOf())]) {
      expect(await rejectionOf(call))
        .to.be.instanceOf(TypeError)
        .with.property('message')
        .that.includes('another kind');
    }
  });

  it('replaces all arrays or none', async () => {
    const memory = createDeviceMemory(float32, openSession);
    const state = memory.createState(layout);
    await memory.writeState(state, arraysOf());
    const cut = { parameters: new Float32Array(6), moments1: new Float32Array(6), moments2: new Float32Array(5) };
    expect(await rejectionOf(memory.writeState(state, cut)))
      .to.be.instanceOf(RangeError)
      .with.property('message', 'moments2 must hold 6 values, got 5');
    expect(await memory.readState(state)).to.deep.equal(arraysOf());
  });

  it('holds a layout without parameters', async () => {
    const memory = createDeviceMemory(float32, openSession);
    const none = layOutParameters([]);
    const state = memory.createState(none);
    const empty = new Float32Array();
    expect(await memory.readState(state)).to.deep.equal({ parameters: empty, moments1: empty, moments2: empty });
    expect(await memory.view(none, { reads: ['parameters'] }).feeds(state)).to.deep.equal({});
    expect(opened).to.deep.equal([]);
  });

  it('frees the buffers of its states', async () => {
    const memory = createDeviceMemory(float32, openSession);
    const state = memory.createState(layout);
    const fed = await memory.view(layout, { reads: ['parameters'] }).feeds(state);
    await memory.dispose();
    expect(() => fed['parameters/0']?.data).to.throw(Error);
  });
});
