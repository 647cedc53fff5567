import * as tf from '@tensorflow/tfjs';
import { reductionKernels } from '../../../lib/engine/tracing/reduction-kernels.js';
import { describeKernels, type KernelCase } from './same-as-tfjs.js';

type Reduction = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

/** A reduction over all axes, over one, over several, counted from either end, with and without what is left of them. */
const reduced =
  (reduction: Reduction): KernelCase =>
  ({ x, cube }) => [
    reduction(x),
    reduction(x, 0),
    reduction(cube, -1),
    reduction(cube, [0, 2]),
    reduction(cube, [2, 0], true),
    // The shape counts: a reduced axis of 1 is spread over the whole.
    tf.sub(cube, reduction(cube, 1, true)),
    reduction(x, undefined, true),
    reduction(x, []),
  ];

describe('reductionKernels', () => {
  describeKernels(reductionKernels, {
    Sum: reduced(tf.sum),
    Mean: reduced(tf.mean),
    Max: reduced(tf.max),
    Min: reduced(tf.min),
    Softmax: ({ x, cube }) => [tf.softmax(x), tf.softmax(cube, 2)],
  });
});
