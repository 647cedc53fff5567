import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { indexKernels } from '../../../lib/engine/tracing/index-kernels.js';
import { createOnnxEngine } from '../../../lib/engine/onnx-engine.js';
import { describeKernels, type Operands, outputsOf } from './same-as-tfjs.js';

const whole = (value: number) => tf.scalar(value, 'int32');

const pairs = () =>
  tf.tensor2d(
    [
      [0, 1],
      [1, 0],
      [0, 1],
    ],
    [3, 2],
    'int32',
  );

describe('indexKernels', () => {
  describeKernels(indexKernels, {
    GatherV2: ({ x, cube, picks }) => [
      tf.gather(x, picks, 1),
      tf.gather(x, picks, -1),
      tf.gather(tf.transpose(x), picks),
      tf.gather(cube, tf.reshape(picks, [2, 2]), 2),
      // Each sample its own.
      tf.gather(cube, tf.reshape(tf.minimum(picks, whole(1)), [2, 2]), 1, 1),
      tf.gather(cube, tf.reshape(picks, [2, 2]), 2, 1),
      tf.gather(cube, tf.reshape(picks, [2, 2, 1]), 2, 2),
    ],
    GatherNd: ({ x, cube, picks }) => [
      tf.gatherND(x, pairs()),
      tf.gatherND(cube, pairs()),
      tf.gatherND(tf.transpose(x), tf.reshape(picks, [2, 2, 1])),
    ],
    ScatterNd: ({ row, cube, picks }) => [
      // Two fall on one place and add up.
      tf.scatterND(pairs(), row, [2, 3]),
      tf.scatterND(tf.reshape(picks, [4, 1]), tf.reshape(cube, [4, 4]), [3, 4]),
      tf.scatterND(tf.reshape(picks, [4, 1]), tf.add(picks, whole(1)), [3]),
      tf.scatterND(tf.reshape(picks, [4, 1]), tf.reshape(cube, [4, 4]), [700, 4]),
    ],
    TensorScatterUpdate: ({ x, row, picks }) => [
      tf.tensorScatterUpdate(tf.transpose(x), tf.reshape(tf.slice(picks, 0, 2), [2, 1]), x.slice([0, 0], [2, 2])),
      tf.tensorScatterUpdate(row, tf.reshape(tf.slice(picks, 1, 2), [2, 1]), tf.slice(row, 0, 2)),
    ],
    UnsortedSegmentSum: ({ cube, picks }) => [
      tf.unsortedSegmentSum(tf.reshape(cube, [4, 4]), picks as tf.Tensor1D, 3),
      // What belongs nowhere is left out, among few segments and among many.
      tf.unsortedSegmentSum(tf.reshape(cube, [4, 2, 2]), tf.sub<tf.Tensor1D>(picks, whole(1)), 2),
      tf.unsortedSegmentSum(tf.reshape(cube, [4, 4]), tf.sub<tf.Tensor1D>(tf.mul(picks, whole(400)), whole(1)), 600),
    ],
    OneHot: ({ picks }) => [
      tf.oneHot(picks, 3),
      tf.oneHot(tf.reshape(picks, [2, 2]), 2, 0.5, -1, 'float32'),
      // What has no place has no mark.
      tf.oneHot(tf.sub(picks, whole(1)), 2, 1, 0, 'bool'),
    ],
  });

  it('adds rows that repeat many times without losing one, whatever the number of threads', async () => {
    const repeats = 6000;
    const ids = Array.from({ length: repeats }, (_, index) => index % 3);
    const use = (rows: number) => (of: Operands) =>
      tf.unsortedSegmentSum(
        tf.add(tf.ones([repeats, 4]), tf.mul(of.x.slice([0, 1], [1, 1]), 0)),
        tf.tensor1d(ids, 'int32'),
        rows,
      );
    const engine = await createOnnxEngine({ threads: 4 });
    for (const rows of [3, 513]) {
      const [sums = []] = await outputsOf(engine, use(rows));
      expect(sums.slice(0, 12), `${rows} rows`).to.deep.equal(new Array(12).fill(repeats / 3));
      expect(Math.max(0, ...sums.slice(12))).to.equal(0);
    }
    await engine.dispose();
  });
});
