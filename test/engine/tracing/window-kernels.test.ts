import * as tf from '@tensorflow/tfjs';
import { windowKernels } from '../../../lib/engine/tracing/window-kernels.js';
import { describeKernels } from './same-as-tfjs.js';

describe('windowKernels', () => {
  describeKernels(windowKernels, {
    Slice: ({ x, row, cube, picks }) => [
      tf.slice(cube, [0, 1, 1], [2, 1, 2]),
      tf.slice(cube, [1, 0, 2], [-1, 2, -1]),
      tf.slice(cube, [1]),
      tf.slice(row, 1, 2),
      tf.slice(x, [0, 1]),
      tf.slice(x, [0, 0], [2, 3]),
      tf.slice(picks, 1, 2),
    ],
    StridedSlice: ({ x, row, cube }) => [
      tf.stridedSlice(x, [0, 0], [2, 3], [1, 2]),
      tf.stridedSlice(cube, [0, 0, 3], [2, 2, 0], [1, 1, -2]),
      // Backwards through all of it.
      tf.stridedSlice(row, [0], [0], [-1], 1, 1),
      // From the middle to the end.
      tf.stridedSlice(cube, [0, 0, 1], [2, 0, 0], [1, 1, 2], 0, 0b110),
      // One axis put in; one taken away.
      tf.stridedSlice(x, [0, 0, 0], [0, 2, 3], [1, 1, 2], 0, 0, 0, 0b001),
      tf.stridedSlice(x, [1, 0], [2, 3], [1, 1], 0, 0, 0, 0, 0b001),
    ],
    SplitV: ({ cube }) => [
      ...tf.split(cube, 2),
      ...tf.split(cube, [1, 3], 2),
      ...tf.split(cube, [1, -1, 1], 2),
      ...tf.split(cube, 2, -1),
    ],
    PadV2: ({ x, cube, picks }) => [
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
      tf.pad(picks, [[1, 1]], 7),
    ],
    MirrorPad: ({ x, cube }) => [
      tf.mirrorPad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        'reflect',
      ),
      tf.mirrorPad(
        cube,
        [
          [0, 0],
          [2, 1],
          [0, 4],
        ],
        'symmetric',
      ),
    ],
  });
});
