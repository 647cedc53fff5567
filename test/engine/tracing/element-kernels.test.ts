import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { elementKernels } from '../../../lib/engine/tracing/element-kernels.js';
import { trace } from '../../../lib/engine/tracing/trace.js';
import { OnnxGraph } from '../../../lib/formats/onnx-graph.js';
import { named } from '../../../lib/operations/operation.js';
import { countNodes } from '../../formats/count-nodes.js';
import { describeKernels, onnxEngine, outputsOf } from './same-as-tfjs.js';

const whole = (value: number) => tf.scalar(value, 'int32');

/** Whole numbers of both signs. */
const spread = (picks: tf.Tensor) => tf.sub(tf.mul(picks, whole(7)), whole(5));

describe('elementKernels', () => {
  describeKernels(
    elementKernels,
    {
      Abs: ({ x, picks }) => [tf.abs(x), tf.abs(tf.sub(picks, whole(1)))],
      Neg: ({ x, picks }) => [tf.neg(x), tf.neg(picks)],
      Sign: ({ x }) => tf.sign(x),
      Acos: ({ x }) => tf.acos(tf.tanh(x)),
      Acosh: ({ x, y }) => [tf.acosh(y), tf.acosh(x)],
      Asin: ({ x }) => tf.asin(tf.tanh(x)),
      Asinh: ({ x, y }) => [tf.asinh(y), tf.asinh(tf.clipByValue(x, -9, 9))],
      // Whole numbers stay whole.
      Atan: ({ x, picks }) => [tf.atan(x), tf.atan(picks)],
      Atanh: ({ y }) => tf.atanh(tf.mul(y, 0.3)),
      Ceil: ({ x }) => tf.ceil(x),
      Cos: ({ x }) => tf.cos(x),
      Cosh: ({ x }) => tf.cosh(x),
      Erf: ({ x }) => tf.erf(x),
      Floor: ({ x }) => tf.floor(x),
      Log: ({ x, y }) => [tf.log(x), tf.log(y)],
      Reciprocal: ({ x }) => tf.reciprocal(x),
      // Halves go to the even neighbour.
      Round: ({ x }) => tf.round(x),
      Sin: ({ x }) => tf.sin(x),
      Sinh: ({ x }) => tf.sinh(x),
      Sqrt: ({ x, y }) => [tf.sqrt(x), tf.sqrt(y)],
      Tan: ({ y }) => tf.tan(tf.mul(y, 0.3)),
      Maximum: ({ x, y, column, picks }) => [
        tf.maximum(x, y),
        tf.maximum(x, column),
        tf.maximum(x, 0.25),
        tf.maximum(picks, whole(1)),
      ],
      Minimum: ({ x, y, column }) => [tf.minimum(x, y), tf.minimum(x, column), tf.minimum(0.25, x)],
      Pow: ({ x, y }) => [tf.pow(x, 2), tf.pow(y, x), tf.pow(2, x)],
      RealDiv: ({ x, y, row }) => [tf.div(x, y), tf.div(y, x), tf.div(x, row), tf.div(1, x)],
      Sub: ({ x, y, row, column }) => [tf.sub(x, y), tf.sub(row, x), tf.sub(column, row), tf.sub(x, 0)],
      Add: ({ x, y, row, column }) => [tf.add(x, y), tf.add(row, x), tf.add(column, row), tf.add(x, 0), tf.add(0, row)],
      Multiply: ({ x, y, row, column }) => [tf.mul(x, y), tf.mul(row, x), tf.mul(column, row), tf.mul(x, 1)],
      AddN: ({ x, y }) => [tf.addN([x]), tf.addN([x, y]), tf.addN([x, y, x])],
      Atan2: ({ x, y, row, column }) => [tf.atan2(y, x), tf.atan2(x, y), tf.atan2(row, x), tf.atan2(column, tf.neg(y))],
      Mod: ({ x, y, row, column, picks }) => [
        tf.mod(x, y),
        tf.mod(x, tf.neg(y)),
        tf.mod(column, row),
        tf.mod(x, 1.5),
        tf.mod(tf.sub(picks, whole(1)), tf.add(picks, whole(1))),
        tf.mod(spread(picks), whole(-3)),
      ],
      FloorDiv: ({ x, y, picks }) => [
        tf.floorDiv(x, y),
        tf.floorDiv(spread(picks), whole(3)),
        tf.floorDiv(spread(picks), tf.sub(picks, whole(3))),
        tf.div(tf.sub(picks, whole(1)), tf.add(picks, whole(1))),
        tf.floorDiv(tf.add(tf.mul(picks, whole(16_777_217)), whole(1)), whole(2)),
      ],
      Square: ({ x }) => tf.square(x),
      SquaredDifference: ({ x, y, row }) => [tf.squaredDifference(x, y), tf.squaredDifference(row, x)],
      Exp: ({ x, picks }) => [tf.exp(x), tf.exp(picks)],
      Expm1: ({ x, y }) => [tf.expm1(x), tf.mul(tf.expm1(tf.mul(y, 1e-6)), 1e6)],
      Log1p: ({ x, y }) => [tf.log1p(x), tf.log1p(y), tf.mul(tf.log1p(tf.mul(y, 1e-6)), 1e6)],
      Rsqrt: ({ x, y }) => [tf.rsqrt(x), tf.rsqrt(y)],
      FusedBatchNorm: ({ x, y, row }) => [
        tf.batchNorm2d(x as tf.Tensor2D, row as tf.Tensor1D, tf.square(row as tf.Tensor1D), undefined, undefined, 0.1),
        tf.batchNorm2d(
          x as tf.Tensor2D,
          tf.mean<tf.Tensor1D>(y, 0),
          tf.square(row as tf.Tensor1D),
          row as tf.Tensor1D,
          tf.sum<tf.Tensor1D>(y, 0),
        ),
      ],
      Cast: ({ x, y, picks }) => [
        tf.cast(y, 'int32'),
        tf.cast(picks, 'float32'),
        tf.cast(x, 'bool'),
        tf.cast(tf.greater(x, 0), 'float32'),
        tf.cast(tf.greater(x, 0), 'int32'),
      ],
      Identity: ({ x }) => tf.clone(x),
    },
    {
      Pow: 'in JavaScript 1 to the power of infinity is no number, elsewhere it is 1',
      Sign: 'tfjs gives 0 for what is no number, onnxruntime what it was given',
      Atan2: 'two infinities, or two zeros of either sign, have an angle in JavaScript',
      Cast: 'what is no number has no other type',
      FloorDiv: 'what is no number has no other type',
    },
  );

  it('divides no whole number by 0, which would end the process', async () => {
    const [quotients, remainders] = await outputsOf(await onnxEngine(), ({ picks }) => [
      tf.floorDiv(tf.add(picks, whole(1)), tf.sub(picks, whole(1))),
      tf.mod(tf.add(picks, whole(1)), tf.sub(picks, whole(1))),
    ]);
    // 3 / 1, 1 / −1, 2 / 0, 3 / 1
    expect(quotients).to.deep.equal([3, -1, 0, 3]);
    expect(remainders).to.deep.equal([0, 0, 0, 0]);
  });

  /** The model of one function of an input `[64, 64]`. */
  const modelOf = (build: (x: tf.Tensor) => tf.Tensor): Uint8Array => {
    const graph = new OnnxGraph('test');
    const inputs = { x: graph.input('x', 'float32', [64, 64]) };
    return graph.encode(trace(graph, inputs, ({ x }) => ({ y: build(named({ x }, 'x') as tf.Tensor) })));
  };

  it('works on a repeated number before it is repeated, and repeats it only where it must', () => {
    const model = modelOf((x) => {
      const half = tf.fill([64, 64], 0.5);
      return tf.add(tf.mul(x, tf.exp(tf.add(half, tf.ones([64])))), tf.sqrt(half));
    });
    expect(countNodes(model, 'Exp')).to.equal(1);
    expect(countNodes(model, 'Expand')).to.equal(0);
    expect(model.length).to.be.below(1000);
    expect(
      countNodes(
        modelOf((x) => tf.concat([x, tf.fill([64, 64], 0.5)], 0)),
        'Expand',
      ),
    ).to.equal(1);
  });

  it('adds no zeros and multiplies by no ones', () => {
    const idle = modelOf((x) => tf.add(tf.zerosLike(x), tf.mul(tf.mul(x, 1), tf.add(tf.ones([64]), 0))));
    for (const operator of ['Add', 'Mul', 'Expand']) expect(countNodes(idle, operator), operator).to.equal(0);
    const busy = modelOf((x) => tf.add(tf.mul(x, 2), 1));
    for (const operator of ['Add', 'Mul']) expect(countNodes(busy, operator), operator).to.equal(1);
  });
});
