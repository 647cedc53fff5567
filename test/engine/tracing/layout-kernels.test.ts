import * as tf from '@tensorflow/tfjs';
import { layoutKernels } from '../../../lib/engine/tracing/layout-kernels.js';
import { describeKernels } from './same-as-tfjs.js';

describe('layoutKernels', () => {
  describeKernels(layoutKernels, {
    Reshape: ({ x, cube }) => [
      tf.reshape(x, [3, 2]),
      tf.reshape(cube, [-1, 2]),
      tf.reshape(cube, [16]),
      tf.reshape(tf.reshape(x, [1, 6]), [2, 3]),
    ],
    ExpandDims: ({ x }) => [tf.expandDims(x), tf.add(tf.expandDims(x, 1), x), tf.expandDims(x, -1)],
    Transpose: ({ x, cube }) => [tf.transpose(x), tf.transpose(cube, [2, 0, 1]), tf.transpose(cube, [0, 1, 2])],
    Concat: ({ x, y, column }) => [
      tf.concat([x, y], 0),
      tf.concat([x, column, y], 1),
      tf.concat([x, y, x], -1),
      tf.concat([x], 0),
    ],
    Pack: ({ x, y }) => [tf.stack([x, y]), tf.stack([x, y], 1), tf.stack([y, x], -1)],
    Slice: ({ x, row, cube }) => [
      tf.slice(cube, [0, 1, 1], [2, 1, 2]),
      tf.slice(cube, [1, 0, 2], [-1, 2, -1]),
      tf.slice(cube, [1]),
      tf.slice(row, 1, 2),
      tf.slice(x, [0, 1]),
      tf.slice(x, [0, 0], [2, 3]),
    ],
    SplitV: ({ cube }) => [
      ...tf.split(cube, 2),
      ...tf.split(cube, [1, 3], 2),
      ...tf.split(cube, [1, -1, 1], 2),
      ...tf.split(cube, 2, -1),
    ],
    PadV2: ({ x, cube }) => [
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
      tf.pad(
        cube,
        [
          [0, 0],
          [1, 2],
          [3, 0],
        ],
        -1.5,
      ),
    ],
    Tile: ({ x, row }) => [tf.tile(x, [2, 3]), tf.tile(row, [2]), tf.tile(x, [1, 1])],
    Reverse: ({ x, cube }) => [tf.reverse(x), tf.reverse(cube, [0, 2]), tf.reverse(cube, -1)],
    GatherV2: ({ x, cube, picks }) => [
      tf.gather(x, picks, 1),
      tf.gather(x, picks, -1),
      tf.gather(tf.transpose(x), picks),
      tf.gather(cube, tf.reshape(picks, [2, 2]), 2),
    ],
    Fill: ({ x }) => [tf.fill([2, 3], 0.5), tf.add(x, tf.fill([2, 3], 1.5)), tf.fill([3], 2, 'int32'), tf.fill([], 3)],
  });
});
