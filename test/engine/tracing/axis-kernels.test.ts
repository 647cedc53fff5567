import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { axisKernels } from '../../../lib/engine/tracing/axis-kernels.js';
import { describeKernels, onnxEngine, type Operands, outputsOf } from './same-as-tfjs.js';

/** Forwards and backwards, with and without a place’s own number. */
const running =
  (run: typeof tf.cumsum) =>
  ({ x, cube, picks }: Operands) => [
    run(x, 1),
    run(x, 0, true),
    run(cube, 1, false, true),
    run(cube, 2, true, true),
    run(picks),
    run(tf.greater(x, 0), 1),
  ];

// tfjs's CPU backend has no such kernel, for its own operation is composed of others.
const { LogSoftmax: logSoftmax, ...others } = axisKernels;

describe('axisKernels', () => {
  describeKernels(others, {
    Softmax: ({ x, cube }) => [tf.softmax(x), tf.softmax(cube, 2)],
    Cumsum: running(tf.cumsum),
    Cumprod: running(tf.cumprod),
    TopK: ({ x, cube }) =>
      [tf.topk(x, 2), tf.topk(cube, 4), tf.topk(x)].flatMap(({ values, indices }) => [values, indices]),
  });

  it('traces LogSoftmax, where a backend is asked for it: the logarithm of the softmax', async () => {
    expect(logSoftmax).not.to.equal(undefined);
    const [own = [], expected = []] = await outputsOf(await onnxEngine(), ({ cube }) => [
      tf.engine().runKernel<tf.Tensor>('LogSoftmax', { logits: cube }, { axis: -1 }),
      tf.log(tf.softmax(cube)),
    ]);
    expect(own.length).to.equal(16);
    for (const [index, value] of expected.entries()) expect(own[index]).to.be.closeTo(value, 1e-5);
  });
});
