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
    Sum: (operands) => [reduced(tf.sum)(operands), tf.sum(operands.picks), tf.sum(tf.greater(operands.x, 0), 1)].flat(),
    Mean: (operands) => [reduced(tf.mean)(operands), tf.mean(operands.picks)].flat(),
    Max: (operands) => [reduced(tf.max)(operands), tf.max(operands.picks)].flat(),
    Min: reduced(tf.min),
    Prod: (operands) => [reduced(tf.prod)(operands), tf.prod(operands.picks)].flat(),
    All: ({ x, cube }) =>
      [1, 2].flatMap((bound) => [
        tf.all(tf.less(x, bound)),
        tf.all(tf.less(cube, bound), -1),
        tf.all(tf.greater(cube, -bound), [0, 1], true),
      ]),
    Any: ({ x, cube }) =>
      [1, 2].flatMap((bound) => [
        tf.any(tf.greater(x, bound)),
        tf.any(tf.greater(cube, bound), -1),
        tf.any(tf.less(cube, -bound), [0, 1], true),
      ]),
    // Of equal numbers the first.
    ArgMax: ({ x, cube, picks }) => [tf.argMax(x), tf.argMax(x, 1), tf.argMax(cube, -1), tf.argMax(picks)],
    ArgMin: ({ x, cube, picks }) => [tf.argMin(x), tf.argMin(x, 1), tf.argMin(cube, 1), tf.argMin(tf.neg(picks))],
  });
});
