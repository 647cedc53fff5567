import * as tf from '@tensorflow/tfjs';
import { constantKernels } from '../../../lib/engine/tracing/constant-kernels.js';
import { describeKernels } from './same-as-tfjs.js';

describe('constantKernels', () => {
  describeKernels(constantKernels, {
    ZerosLike: ({ x, picks }) => [tf.zerosLike(x), tf.zerosLike(picks), tf.zerosLike(tf.greater(x, 0))],
    OnesLike: ({ x, picks }) => [tf.onesLike(x), tf.onesLike(picks)],
    Fill: ({ x }) => [tf.fill([2, 3], 0.5), tf.add(x, tf.fill([2, 3], 1.5)), tf.fill([3], 2, 'int32'), tf.fill([], 3)],
    Range: ({ row, picks }) => [
      tf.add(row, tf.range(0, 3)),
      tf.add(picks, tf.range(4, 0, -1, 'int32')),
      tf.range(-1, 1, 0.25),
      tf.range(0, 1, 0.3),
    ],
    LinSpace: ({ row }) => [tf.mul(row, tf.linspace(-1, 1, 3)), tf.linspace(2, 5, 1), tf.linspace(0, 1, 7)],
  });
});
