import * as tf from '@tensorflow/tfjs';
import { comparisonKernels } from '../../../lib/engine/tracing/comparison-kernels.js';
import { describeKernels } from './same-as-tfjs.js';

describe('comparisonKernels', () => {
  describeKernels(
    comparisonKernels,
    {
      Equal: ({ x, y, picks }) => [tf.equal(x, y), tf.equal(x, 0.5), tf.equal(picks, 2)],
      NotEqual: ({ x, y }) => [tf.notEqual(x, y), tf.notEqual(x, 0.5)],
      Greater: ({ x, y, picks }) => [tf.greater(x, y), tf.greater(x, 2), tf.greater(picks, 1)],
      GreaterEqual: ({ x, y }) => [tf.greaterEqual(x, y), tf.greaterEqual(x, 2)],
      Less: ({ x, y, row }) => [tf.less(x, y), tf.less(x, 2), tf.less(row, x)],
      LessEqual: ({ x, y }) => [tf.lessEqual(x, y), tf.lessEqual(x, 2)],
      LogicalAnd: ({ x, y, row }) => [
        tf.logicalAnd(tf.greater(x, 0), tf.less(y, 2)),
        tf.logicalXor(tf.greater(x, 0), tf.less(row, 1)),
      ],
      LogicalOr: ({ x, y }) => tf.logicalOr(tf.greater(x, 0), tf.less(y, 2)),
      LogicalNot: ({ x }) => tf.logicalNot(tf.greater(x, 0)),
      IsNan: ({ x }) => [tf.isNaN(x), tf.isNaN(tf.sqrt(x))],
      IsInf: ({ x }) => [tf.isInf(x), tf.isInf(tf.div(1, x))],
      IsFinite: ({ x }) => [tf.isFinite(x), tf.isFinite(tf.log(x))],
      Select: ({ x, y, row, column, picks }) => [
        tf.where(tf.greater(x, y), x, y),
        tf.where(tf.greater(x, 0), row, y),
        tf.where(tf.greater(column, 0), x, tf.scalar(9)),
        tf.where(tf.greater(picks, 0), picks, tf.scalar(-1, 'int32')),
        tf.where(tf.greater(picks, 1), picks, tf.scalar(0.5)),
        tf.where(tf.greater(picks, 1), tf.scalar(0.5), picks),
      ],
    },
    {},
  );
});
