import { expect } from 'chai';
import { stateArrayNames } from '../../lib/engine/engine.js';
import { createHostMemory } from '../../lib/engine/host-memory.js';
import type { MakeTensor } from '../../lib/engine/onnx-tensors.js';
import type { OnnxTensors } from '../../lib/engine/onnx-memory.js';
import { loadOnnxRuntime } from '../../lib/engine/onnx-runtime.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { rejectionOf } from '../video/made-videos.js';

const layout = layOutParameters([
  { name: 'b', shape: [2], decay: false },
  { name: 'w', shape: [2, 2], decay: true },
  { name: 'v', shape: [1], decay: true },
]);
const numbersFrom = (start: number) => Float32Array.from({ length: 7 }, (_, index) => start + index);
const arraysOf = () => ({
  parameters: numbersFrom(0),
  moments1: numbersFrom(10),
  moments2: numbersFrom(20),
  averages: numbersFrom(30),
});
const allArrays = [...stateArrayNames, 'averages'] as const;

/** Shape and numbers of each tensor. */
const contentOf = (tensors: OnnxTensors) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { dims, data }]) => [name, [dims, [...(data as Float32Array)]]]),
  );

describe('createHostMemory', () => {
  let made = 0;
  let float32: MakeTensor;
  before(async () => {
    const { Tensor } = await loadOnnxRuntime();
    float32 = (values, shape) => {
      made++;
      return new Tensor('float32', values, shape);
    };
  });

  it('feeds each parameter by itself, and what is updated group by group', async () => {
    const memory = createHostMemory(float32);
    const state = memory.createState(layout);
    await memory.writeState(state, arraysOf());
    const view = memory.view(layout, { reads: ['parameters'], updates: ['parameters', 'moments2'] });
    expect(contentOf(await view.feeds(state))).to.deep.equal({
      'parameter:w': [
        [2, 2],
        [0, 1, 2, 3],
      ],
      'parameter:v': [[1], [4]],
      'parameter:b': [[2], [5, 6]],
      'parameters/0': [[5], [0, 1, 2, 3, 4]],
      'parameters/1': [[2], [5, 6]],
      'moments2/0': [[5], [20, 21, 22, 23, 24]],
      'moments2/1': [[2], [25, 26]],
    });
    expect(Object.keys(await view.fetches(state))).to.have.members([
      ...['next:parameters/0', 'next:parameters/1', 'next:moments2/0', 'next:moments2/1'],
    ]);
  });

  it('copies nothing: what is written into an output is what is read, and what is written into the state is fed', async () => {
    const memory = createHostMemory(float32);
    const state = memory.createState(layout, { averages: true });
    await memory.writeState(state, arraysOf());
    const view = memory.view(layout, { reads: ['parameters'], updates: allArrays });
    for (const [name, { data }] of Object.entries(await view.fetches(state))) {
      (data as Float32Array).fill(name.startsWith('next:moments1') ? -1 : -2);
    }
    view.swap(state);
    const filled = (value: number) => new Float32Array(7).fill(value);
    expect(await memory.readState(state)).to.deep.equal({
      ...{ parameters: filled(-2), moments1: filled(-1), moments2: filled(-2), averages: filled(-2) },
    });
    expect((await view.feeds(state))['parameter:v']?.data).to.deep.equal(Float32Array.of(-2));
    const fed = await view.feeds(state);
    await memory.writeState(state, arraysOf());
    expect(fed['parameter:v']?.data).to.deep.equal(Float32Array.of(4));
  });

  it('makes the views of a state once, and other ones for another state', async () => {
    const memory = createHostMemory(float32);
    const [one, other] = [memory.createState(layout), memory.createState(layout)];
    const view = memory.view(layout, { reads: ['parameters'], updates: stateArrayNames });
    const before = made;
    const [feeds, fetches] = [await view.feeds(one), await view.fetches(one)];
    // Three parameters; two groups of three arrays, as inputs and as outputs.
    expect(made - before).to.equal(3 + 6 + 6);
    for (let time = 0; time < 3; time++) {
      view.swap(one);
      await memory.writeState(one, arraysOf());
      for (const [again, first] of [
        [await view.feeds(one), feeds],
        [await view.fetches(one), fetches],
      ] as const) {
        expect(Object.keys(again)).to.deep.equal(Object.keys(first));
        for (const [name, tensor] of Object.entries(first)) expect(again[name], name).to.equal(tensor);
      }
    }
    expect(made - before).to.equal(15);
    const apart = await view.feeds(other);
    for (const [name, tensor] of Object.entries(feeds)) expect(apart[name], name).not.to.equal(tensor);
  });

  it('feeds the averages as the parameters where that is asked, and beside them where both are read', async () => {
    const memory = createHostMemory(float32);
    const state = memory.createState(layout, { averages: true });
    await memory.writeState(state, arraysOf());
    const view = memory.view(layout, { reads: ['parameters'] });
    expect(contentOf(await view.feeds(state))['parameter:b']).to.deep.equal([[2], [5, 6]]);
    const averaged = await view.feeds(state, 'averages');
    expect(Object.keys(averaged)).to.have.members(['parameter:w', 'parameter:v', 'parameter:b']);
    expect(contentOf(averaged)['parameter:b']).to.deep.equal([[2], [35, 36]]);
    expect(contentOf(await view.feeds(state))['parameter:b']).to.deep.equal([[2], [5, 6]]);
    const both = contentOf(await memory.view(layout, { reads: ['parameters', 'averages'] }).feeds(state));
    expect([both['parameter:v'], both['average:v']]).to.deep.equal([
      [[1], [4]],
      [[1], [34]],
    ]);
  });

  it('refuses a state without the averages that are needed, of another layout, and of another engine', async () => {
    const memory = createHostMemory(float32);
    const bare = memory.createState(layout);
    const needs = 'the program needs moving averages, and the state keeps none';
    const views = [
      memory.view(layout, { reads: ['parameters', 'averages'] }),
      memory.view(layout, { updates: [...stateArrayNames, 'averages'] }),
    ];
    for (const view of views) {
      for (const call of [view.feeds(bare), view.fetches(bare)]) {
        expect(await rejectionOf(call))
          .to.be.instanceOf(RangeError)
          .with.property('message', needs);
      }
    }
    const view = memory.view(layout, { reads: ['parameters'], updates: stateArrayNames });
    expect(await rejectionOf(view.feeds(bare, 'averages')))
      .to.be.instanceOf(RangeError)
      .with.property('message', needs);
    const other = memory.createState(layOutParameters([{ name: 'w', shape: [7], decay: true }]));
    const foreign = { layout };
    for (const call of [view.feeds, view.fetches]) {
      expect(await rejectionOf(call(other)))
        .to.be.instanceOf(RangeError)
        .with.property('message', 'the state has w [7] where the program has w [2, 2]');
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
    const memory = createHostMemory(float32);
    const state = memory.createState(layout, { averages: true });
    await memory.writeState(state, arraysOf());
    const { averages, ...without } = { ...arraysOf(), parameters: new Float32Array(7) };
    expect(await rejectionOf(memory.writeState(state, without)))
      .to.be.instanceOf(RangeError)
      .with.property('message', 'averages must hold 7 values, got none');
    expect(await rejectionOf(memory.writeState(state, { ...without, averages: averages.subarray(1) })))
      .to.be.instanceOf(RangeError)
      .with.property('message', 'averages must hold 7 values, got 6');
    expect(await memory.readState(state)).to.deep.equal(arraysOf());
    await memory.dispose();
  });
});
