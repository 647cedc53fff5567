import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { gradientsGraph } from '../../lib/engine/onnx-graphs.js';
import { openPartThreads } from '../../lib/engine/part-threads.js';
import type { PartGraph } from '../../lib/engine/part-protocol.js';
import { named } from '../../lib/operations/operation.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { rejectionOf } from '../video/made-videos.js';
import { isLoadable } from './loadable.js';

const layout = layOutParameters([{ name: 'w', shape: [3], decay: true }]);
const inputs = { x: { type: 'float32', shape: [3] } } as const;

/** The sum of w · x, whose gradient is x. */
const graph: PartGraph = {
  bytes: gradientsGraph(
    {
      ...{ name: 'dot', layout, inputs },
      loss: (parameters, given) => tf.sum(tf.mul(named(parameters, 'w'), named(given, 'x'))),
    },
    { endsUnread: true },
  ).bytes,
  ...{ layout, inputs, reads: ['parameters'], threads: 1 },
};
const stateOf = (...parameters: number[]) => ({
  parameters: Float32Array.from(parameters),
  moments1: new Float32Array(3),
  moments2: new Float32Array(3),
});
const partsOf = (...factors: number[]) => factors.map((factor) => ({ x: Float32Array.of(factor, 2 * factor, 0) }));

describe('openPartThreads', () => {
  before(function () {
    if (!isLoadable('onnxruntime-node')) this.skip();
  });

  it('runs a part in each thread on the numbers of the state at that time', async () => {
    const threads = openPartThreads();
    const opened = await threads.open(graph, 2);
    for (const parameters of [
      [1, 1, 1],
      [0, 0.5, 9],
    ] as const) {
      const made = await opened.run(stateOf(...parameters), partsOf(1, 3));
      const dot = parameters[0] + 2 * parameters[1];
      expect(made.map(({ loss }) => loss)).to.deep.equal([dot, 3 * dot]);
      expect(made.map(({ gradients }) => [...gradients])).to.deep.equal([
        [1, 2, 0],
        [3, 6, 0],
      ]);
    }
    await threads.dispose();
  });

  it('says what went wrong in a thread, which goes on', async () => {
    const threads = openPartThreads();
    expect(await rejectionOf(threads.open({ ...graph, bytes: Uint8Array.of(1, 2, 3) }, 1))).to.be.instanceOf(Error);
    const opened = await threads.open(graph, 1);
    expect((await opened.run(stateOf(1, 0, 0), partsOf(5))).map(({ loss }) => loss)).to.deep.equal([5]);
    await opened.release();
    expect(await rejectionOf(opened.run(stateOf(1, 0, 0), partsOf(5))))
      .to.be.instanceOf(Error)
      .with.property('message', 'the program was used after it was released');
    await threads.dispose();
  });

  it('starts threads anew after its end', async () => {
    const threads = openPartThreads();
    const opened = await threads.open(graph, 1);
    await threads.dispose();
    await opened.release();
    expect(await rejectionOf(opened.run(stateOf(1, 0, 0), partsOf(5))))
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/^a thread of the engine ended/);
    expect(await threads.open(graph, 1)).to.have.property('run');
    await threads.dispose();
  });
});
