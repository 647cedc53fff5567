import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { elementKernels } from '../../../lib/engine/tracing/element-kernels.js';
import { trace } from '../../../lib/engine/tracing/trace.js';
import { OnnxGraph } from '../../../lib/formats/onnx-graph.js';
import { named } from '../../../lib/operations/operation.js';
import { countNodes } from '../../formats/count-nodes.js';
import { describeKernels } from './same-as-tfjs.js';

describe('elementKernels', () => {
  describeKernels(
    elementKernels,
    {
      Abs: ({ x }) => tf.abs(x),
      Ceil: ({ x }) => tf.ceil(x),
      Cos: ({ x }) => tf.cos(x),
      Erf: ({ x }) => tf.erf(x),
      Exp: ({ x }) => tf.exp(x),
      Floor: ({ x }) => tf.floor(x),
      Log: ({ x, y }) => [tf.log(x), tf.log(y)],
      Neg: ({ x }) => tf.neg(x),
      Reciprocal: ({ x }) => tf.reciprocal(x),
      Relu: ({ x }) => tf.relu(x),
      // Halves go to the even neighbour.
      Round: ({ x }) => tf.round(x),
      Sigmoid: ({ x }) => tf.sigmoid(x),
      Sign: ({ x }) => tf.sign(x),
      Sin: ({ x }) => tf.sin(x),
      Softplus: ({ x }) => tf.softplus(x),
      Sqrt: ({ x, y }) => [tf.sqrt(x), tf.sqrt(y)],
      Tanh: ({ x }) => tf.tanh(x),
      Maximum: ({ x, y, column }) => [tf.maximum(x, y), tf.maximum(x, column), tf.maximum(x, 0.25)],
      Minimum: ({ x, y, column }) => [tf.minimum(x, y), tf.minimum(x, column), tf.minimum(0.25, x)],
      Pow: ({ x, y }) => [tf.pow(x, 2), tf.pow(y, x), tf.pow(2, x)],
      RealDiv: ({ x, y, row }) => [tf.div(x, y), tf.div(y, x), tf.div(x, row), tf.div(1, x)],
      Sub: ({ x, y, row, column }) => [tf.sub(x, y), tf.sub(row, x), tf.sub(column, row), tf.sub(x, 0)],
      Equal: ({ x, y }) => [tf.equal(x, y), tf.equal(x, 0.5)],
      NotEqual: ({ x, y }) => [tf.notEqual(x, y), tf.notEqual(x, 0.5)],
      Greater: ({ x, y }) => [tf.greater(x, y), tf.greater(x, 2)],
      GreaterEqual: ({ x, y }) => [tf.greaterEqual(x, y), tf.greaterEqual(x, 2)],
      Less: ({ x, y }) => [tf.less(x, y), tf.less(x, 2)],
      LessEqual: ({ x, y }) => [tf.lessEqual(x, y), tf.lessEqual(x, 2)],
      LogicalAnd: ({ x, y }) => tf.logicalAnd(tf.greater(x, 0), tf.less(y, 2)),
      LogicalOr: ({ x, y }) => tf.logicalOr(tf.greater(x, 0), tf.less(y, 2)),
      LogicalNot: ({ x }) => tf.logicalNot(tf.greater(x, 0)),
      Add: ({ x, y, row, column }) => [tf.add(x, y), tf.add(row, x), tf.add(column, row), tf.add(x, 0), tf.add(0, row)],
      Multiply: ({ x, y, row, column }) => [tf.mul(x, y), tf.mul(row, x), tf.mul(column, row), tf.mul(x, 1)],
      AddN: ({ x, y }) => [tf.addN([x]), tf.addN([x, y]), tf.addN([x, y, x])],
      Square: ({ x }) => tf.square(x),
      SquaredDifference: ({ x, y, row }) => [tf.squaredDifference(x, y), tf.squaredDifference(row, x)],
      Rsqrt: ({ x, y }) => [tf.rsqrt(x), tf.rsqrt(y)],
      Log1p: ({ x, y }) => [tf.log1p(x), tf.log1p(y)],
      Step: ({ x }) => [tf.step(x), tf.step(x, 0.3)],
      ClipByValue: ({ x }) => tf.clipByValue(x, -0.3, 0.6),
      Select: ({ x, y, row }) => [tf.where(tf.greater(x, y), x, y), tf.where(tf.greater(x, 0), row, y)],
      Cast: ({ x, y, picks }) => [
        tf.cast(y, 'int32'),
        tf.cast(picks, 'float32'),
        tf.cast(x, 'bool'),
        tf.cast(tf.greater(x, 0), 'float32'),
        tf.cast(tf.greater(x, 0), 'int32'),
      ],
      Identity: ({ x }) => tf.clone(x),
      ZerosLike: ({ x, picks }) => [tf.zerosLike(x), tf.zerosLike(picks)],
      OnesLike: ({ x, picks }) => [tf.onesLike(x), tf.onesLike(picks)],
    },
    {
      Pow: 'in JavaScript 1 to the power of infinity is no number, elsewhere it is 1',
      Sign: 'tfjs gives 0 for what is no number, onnxruntime what it was given',
      Step: 'tfjs passes on what is no number; here it counts as not above 0, while the function’s own value tells',
      Cast: 'what is no number has no other type',
    },
  );

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
