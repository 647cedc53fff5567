import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { layoutKernels } from '../../../lib/engine/tracing/layout-kernels.js';
import { describeKernels, onnxEngine, outputsOf } from './same-as-tfjs.js';

const picture = (cube: tf.Tensor) => tf.reshape<tf.Rank.R4>(cube, [1, 2, 4, 2]);

describe('layoutKernels', () => {
  describeKernels(layoutKernels, {
    Reshape: ({ x, cube }) => [
      tf.reshape(x, [3, 2]),
      tf.reshape(cube, [-1, 2]),
      tf.reshape(cube, [16]),
      tf.reshape(tf.reshape(x, [1, 6]), [2, 3]),
    ],
    ExpandDims: ({ x }) => [tf.expandDims(x), tf.add(tf.expandDims(x, 1), x), tf.expandDims(x, -1)],
    Transpose: ({ x, cube, picks }) => [
      tf.transpose(x),
      tf.transpose(cube, [2, 0, 1]),
      tf.transpose(cube, [0, 1, 2]),
      tf.transpose(tf.reshape(picks, [2, 2])),
    ],
    Concat: ({ x, y, column }) => [
      tf.concat([x, y], 0),
      tf.concat([x, column, y], 1),
      tf.concat([x, y, x], -1),
      tf.concat([x], 0),
    ],
    Pack: ({ x, y }) => [tf.stack([x, y]), tf.stack([x, y], 1), tf.stack([y, x], -1)],
    Unpack: ({ x, cube }) => [...tf.unstack(x), ...tf.unstack(x, 1), ...tf.unstack(cube, -2)],
    Tile: ({ x, row }) => [tf.tile(x, [2, 3]), tf.tile(row, [2]), tf.tile(x, [1, 1]), tf.broadcastTo(row, [2, 3])],
    Reverse: ({ x, cube }) => [tf.reverse(x), tf.reverse(cube, [0, 2]), tf.reverse(cube, -1)],
    SpaceToBatchND: ({ cube }) => [
      tf.spaceToBatchND(
        picture(cube),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
      tf.spaceToBatchND(
        picture(cube),
        [3, 2],
        [
          [1, 0],
          [0, 2],
        ],
      ),
    ],
    BatchToSpaceND: ({ cube }) => [
      tf.batchToSpaceND(
        tf.reshape(cube, [4, 2, 1, 2]),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
      tf.batchToSpaceND(
        tf.reshape(cube, [4, 2, 1, 2]),
        [2, 2],
        [
          [1, 0],
          [0, 1],
        ],
      ),
    ],
    DepthToSpace: ({ cube }) => [
      tf.depthToSpace(tf.reshape<tf.Rank.R4>(cube, [1, 2, 1, 8]), 2),
      tf.depthToSpace(tf.reshape<tf.Rank.R4>(cube, [2, 1, 2, 4]), 2),
    ],
  });

  it('traces depthToSpace with channels last alone, and says so', async () => {
    let message = '';
    await outputsOf(await onnxEngine(), ({ cube }) =>
      tf.depthToSpace(tf.reshape<tf.Rank.R4>(cube, [1, 4, 2, 2]), 2, 'NCHW'),
    ).catch((error: unknown) => {
      message = String(error);
    });
    expect(message).to.include('depthToSpace is traced with channels last alone');
  });
});
