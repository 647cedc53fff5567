import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { named } from '../../../lib/operations/operation.js';
import { expectSameOnBothEngines } from '../../operations/both-engines.js';
import { expectGradient } from '../../operations/finite-differences.js';
import { drawOperand, type OperandCase } from '../../operations/operand-case.js';

type Shape = readonly number[];

/** An operation of tfjs over operands of some shapes, and the shapes for which it is tried. */
type GradientCase = {
  readonly shapes: fc.Arbitrary<readonly Shape[]>;
  readonly compute: (...operands: tf.Tensor[]) => tf.Tensor;
  /** Relative to the largest number. Default 5e-6. */
  readonly tolerance?: number;
};

const size = fc.integer({ min: 1, max: 4 });
const shapeOf = (minLength: number, maxLength: number) => fc.array(size, { minLength, maxLength });

/** One operand of any shape. */
const one = (compute: (x: tf.Tensor) => tf.Tensor, shape = shapeOf(1, 3)): GradientCase => ({
  shapes: shape.map((sizes) => [sizes]),
  compute: (x) => compute(x),
});

/** Two operands, of which the second is spread over the first along some axes. */
const two = (compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, canSpread = true): GradientCase => ({
  shapes: fc
    .tuple(shapeOf(1, 3), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
    .map(([shape, isSpread]) => [shape, shape.map((each, axis) => (canSpread && isSpread[axis] === true ? 1 : each))]),
  compute: (a, b) => compute(a, b),
});

const positive = (x: tf.Tensor) => tf.add(tf.square(x), 0.5);
const within = (x: tf.Tensor) => tf.mul(tf.tanh(x), 0.9);

/** Booleans of that shape, every second of them true. */
const everySecond = (shape: number[]) =>
  tf.reshape(tf.equal(tf.mod(tf.range(0, tf.util.sizeFromShape(shape)), 2), 0), shape);

/** Of matrices `[B, m, k]` and `[B, k, n]`, either of them perhaps the other way round. */
const product = (transposesA: boolean, transposesB: boolean): GradientCase => ({
  shapes: fc.tuple(size, size, size, size).map(([batch, m, k, n]) => [
    [batch, ...(transposesA ? [k, m] : [m, k])],
    [batch, ...(transposesB ? [n, k] : [k, n])],
  ]),
  compute: (a, b) => tf.matMul(a, b, transposesA, transposesB),
});

const ids = (rows: number, count: number) =>
  tf.tensor1d(
    Array.from({ length: count }, (_, index) => (index * 7) % rows),
    'int32',
  );

const elements: Record<string, GradientCase> = {
  abs: one(tf.abs),
  acos: one((x) => tf.acos(within(x))),
  acosh: one((x) => tf.acosh(tf.add(positive(x), 1))),
  asin: one((x) => tf.asin(within(x))),
  asinh: one(tf.asinh),
  atan: one(tf.atan),
  atanh: one((x) => tf.atanh(within(x))),
  clipByValue: one((x) => tf.clipByValue(x, -0.7, 0.4)),
  cos: one(tf.cos),
  cosh: one(tf.cosh),
  elu: one(tf.elu),
  erf: one(tf.erf),
  exp: one(tf.exp),
  expm1: one(tf.expm1),
  leakyRelu: one((x) => tf.leakyRelu(x, 0.1)),
  log: one((x) => tf.log(positive(x))),
  log1p: one((x) => tf.log1p(positive(x))),
  neg: one(tf.neg),
  'pow, whole': one((x) => tf.pow(x, 3)),
  reciprocal: one((x) => tf.reciprocal(positive(x))),
  relu: one(tf.relu),
  relu6: one((x) => tf.relu6(tf.mul(x, 5))),
  rsqrt: one((x) => tf.rsqrt(positive(x))),
  selu: one(tf.selu),
  sigmoid: one(tf.sigmoid),
  sin: one(tf.sin),
  sinh: one(tf.sinh),
  softplus: one(tf.softplus),
  sqrt: one((x) => tf.sqrt(positive(x))),
  square: one(tf.square),
  tan: one((x) => tf.tan(within(x))),
  tanh: one(tf.tanh),
  add: two(tf.add),
  atan2: two((a, b) => tf.atan2(a, positive(b))),
  div: two((a, b) => tf.div(a, positive(b))),
  // Of these and of the squared difference tfjs gives the gradient in the spread shape, which it then refuses.
  maximum: two(tf.maximum, false),
  minimum: two(tf.minimum, false),
  mod: two((a, b) => tf.mod(a, positive(b))),
  mul: two(tf.mul),
  pow: two((a, b) => tf.pow(positive(a), b)),
  prelu: two(tf.prelu),
  squaredDifference: two(tf.squaredDifference, false),
  sub: two(tf.sub),
  // What chooses is not learned through: tfjs has no gradient of a comparison, and asks for one.
  where: two((a, b) => tf.where(everySecond(a.shape), tf.mul(a, 2), b)),
};

const reductions: Record<string, GradientCase> = {
  batchNorm: {
    shapes: fc.tuple(size, size).map(([rows, width]) => [[rows, width], ...new Array<Shape>(4).fill([width])]),
    compute: (x, mean, spread, offset, scale) => tf.batchNorm(x, mean, positive(spread), offset, scale),
  },
  // tfjs turns the gradient along another axis than the last.
  cumsum: one((x) => tf.cumsum(x, x.rank - 1, true)),
  logSoftmax: one((x) => tf.logSoftmax(x)),
  logSumExp: one((x) => tf.logSumExp(x, 0)),
  max: one((x) => tf.max(x, -1, true)),
  mean: one((x) => tf.mean(x, 0)),
  min: one((x) => tf.min(x)),
  norm: one((x) => tf.norm(x, 2, -1)),
  prod: one((x) => tf.prod(x, 0)),
  softmax: one((x) => tf.softmax(x)),
  sum: one((x) => tf.sum(x, -1)),
  variance: one((x) => tf.moments(x, 0, true).variance, fc.tuple(fc.integer({ min: 3, max: 5 }), size)),
};

const layouts: Record<string, GradientCase> = {
  batchToSpaceND: one(
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    fc.tuple(
      fc.constant(4),
      fc.constant(2),
      size.map((each) => each + 1),
      size,
    ),
  ),
  broadcastTo: one((x) => tf.broadcastTo(x, [3, ...x.shape])),
  concat: two((a, b) => tf.concat([a, b, a], 0), false),
  expandDims: one((x) => tf.expandDims(x, 1)),
  'gather, first axis': one((x) => tf.gather(x, ids(x.shape[0], 6), 0)),
  'gather, last axis': one((x) => tf.gather(x, ids(x.shape.at(-1) ?? 1, 5), x.rank - 1), shapeOf(2, 3)),
  'gather, batch': one(
    (x) => tf.gather(x, tf.reshape(ids(x.shape[1] ?? 1, 2 * x.shape[0]), [x.shape[0], 2]), 1, 1),
    shapeOf(2, 3),
  ),
  pad: one((x) =>
    tf.pad(
      x,
      x.shape.map((_, axis): [number, number] => [axis, 2]),
      3,
    ),
  ),
  reshape: one((x) => tf.square(tf.reshape(x, [-1]))),
  resizeBilinear: one(
    (x) => tf.image.resizeBilinear(x as tf.Tensor3D, [5, 5]),
    // tfjs takes the height of the gradient for its width.
    fc.tuple(size, size).map(([side, channels]) => [side, side, channels]),
  ),
  resizeNearestNeighbor: one((x) => tf.image.resizeNearestNeighbor(x as tf.Tensor3D, [4, 6]), shapeOf(3, 3)),
  reverse: one((x) => tf.mul(tf.reverse(x, 0), x)),
  slice: one(
    (x) => tf.slice(x, [1], [2]),
    size.map((each) => [3, each]),
  ),
  spaceToBatchND: one(
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    fc.tuple(size, fc.constant(4), fc.constant(2), size),
  ),
  split: one(
    (x) => {
      const [first, , last] = tf.split(x, [1, 2, 1], 1);
      return tf.mul(first as tf.Tensor, last as tf.Tensor);
    },
    size.map((each) => [each, 4]),
  ),
  stack: two((a, b) => tf.stack([a, b, a], 1), false),
  tile: one((x) => tf.tile(x, new Array<number>(x.rank).fill(2))),
  transpose: one((x) => tf.transpose(x)),
  unsortedSegmentSum: one((x) => tf.unsortedSegmentSum(x, ids(3, x.shape[0]), 3)),
  unstack: one((x) => tf.addN(tf.unstack(x, 0).map((part, index) => tf.mul(part, index + 1)))),
};

const products: Record<string, GradientCase> = {
  'matMul a b': product(false, false),
  'matMul aᵀ b': product(true, false),
  'matMul a bᵀ': product(false, true),
  'matMul aᵀ bᵀ': product(true, true),
  dot: {
    shapes: fc.tuple(size, size).map(([rows, columns]) => [[rows, columns], [columns]]),
    compute: (a, b) => tf.dot(a, b),
  },
};

function operandCase({ compute }: GradientCase, shapes: readonly Shape[]): OperandCase {
  const names = shapes.map((_, index) => `operand${index}`);
  return {
    operands: Object.fromEntries(shapes.map((shape, index) => [`operand${index}`, drawOperand(shape, index + 1)])),
    compute: (given) => compute(...names.map((name) => named(given, name))),
  };
}

describe('gradients of tfjs’s operations', () => {
  for (const [family, cases] of Object.entries({ elements, reductions, layouts, products })) {
    for (const [operation, gradientCase] of Object.entries(cases)) {
      it(`${family}: ${operation}, traced as tfjs runs it, for any shapes; by finite differences`, async () => {
        const { shapes, tolerance = 5e-6 } = gradientCase;
        await fc.assert(
          fc.asyncProperty(shapes, (drawn) => expectSameOnBothEngines(operandCase(gradientCase, drawn), tolerance)),
          { numRuns: 2, seed: 5 },
        );
        const [small = []] = fc.sample(shapes, { numRuns: 1, seed: 9 });
        await expectGradient(operandCase(gradientCase, small), { step: 0.01, tolerance: 5e-3 });
      });
    }
  }
});
