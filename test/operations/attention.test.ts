import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { attend } from '../../lib/operations/attention.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { drawNumbers } from '../engine/small-model.js';
import { expectClose as expectCloseInScale } from '../model/expect-close.js';
import { expectClose, expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import {
  drawOperand,
  gradientsOf,
  onnxEngine,
  type Operand,
  type OperandCase,
  operandOf,
  outputOf,
  referenceEngine,
} from './operand-case.js';

function caseOf(operands: Record<'query' | 'key' | 'value', Operand>, heads: number): OperandCase {
  return {
    operands,
    compute: (given) => attend(named(given, 'query'), named(given, 'key'), named(given, 'value'), heads),
  };
}

type Sizes = { batch: number; queries: number; keys: number; heads: number; depth: number };

const drawCase = ({ batch, queries, keys, heads, depth }: Sizes, seed: number) =>
  caseOf(
    {
      query: drawOperand([batch, queries, heads * depth], seed),
      key: drawOperand([batch, keys, heads * depth], seed + 1),
      value: drawOperand([batch, keys, heads * depth], seed + 2),
    },
    heads,
  );

/** Straight from the definition, in float64: each query of each head by itself. */
function attendByDefinition({ operands }: OperandCase, { batch, queries, keys, heads, depth }: Sizes): number[] {
  const [query, key, value] = [named(operands, 'query'), named(operands, 'key'), named(operands, 'value')];
  const at = ({ shape, values }: Operand, b: number, token: number, d: number) =>
    values[(b * (shape[1] ?? 0) + token) * heads * depth + d] ?? Number.NaN;
  const result: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let n = 0; n < queries; n++) {
      for (let d = 0; d < heads * depth; d++) {
        const start = Math.floor(d / depth) * depth;
        const scores = Array.from({ length: keys }, (_, m) => {
          let sum = 0;
          for (let e = start; e < start + depth; e++) sum += at(query, b, n, e) * at(key, b, m, e);
          return Math.exp(sum / Math.sqrt(depth));
        });
        const total = scores.reduce((sum, score) => sum + score, 0);
        result.push(scores.reduce((sum, score, m) => sum + (score / total) * at(value, b, m, d), 0));
      }
    }
  }
  return result;
}

const anySizes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  queries: fc.integer({ min: 1, max: 5 }),
  keys: fc.integer({ min: 1, max: 5 }),
  heads: fc.integer({ min: 1, max: 3 }),
  depth: fc.integer({ min: 1, max: 4 }),
});

describe('attend', () => {
  it('agrees with the definition, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, fc.integer(), async (sizes, seed) => {
        const operandCase = drawCase(sizes, seed);
        const expected = attendByDefinition(operandCase, sizes);
        for (const engine of [referenceEngine(), await onnxEngine()]) {
          expectClose(await outputOf(operandCase, engine), expected, 2e-6, 'attention');
        }
      }),
      { numRuns: 10, seed: 1 },
    );
  });

  it('gives the mean where all keys are alike, and the value of the key that fits where scores are large', async () => {
    const value = operandOf([1, 3, 2], [1, 2, 3, 4, 5, 9]);
    const alike = caseOf(
      { query: operandOf([1, 1, 2], [1, 2]), key: operandOf([1, 3, 2], [1, 1, 1, 1, 1, 1]), value },
      1,
    );
    // Scores of thousands: the exponential alone would be infinite.
    const sharp = caseOf(
      { query: operandOf([1, 1, 2], [1e4, 0]), key: operandOf([1, 3, 2], [0, 1, 1, 0, -1, 0]), value },
      1,
    );
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(alike, engine), [3, 5], 1e-6, 'mean');
      expectClose(await outputOf(sharp, engine), [3, 4], 1e-6, 'sharp');
    }
  });

  it('lets each head look for itself', async () => {
    // The first head sees the first token, the second the second.
    const query = operandOf([1, 1, 2], [100, 100]);
    const key = operandOf([1, 2, 2], [1, -1, -1, 1]);
    const value = operandOf([1, 2, 2], [1, 2, 3, 4]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(caseOf({ query, key, value }, 2), engine), [1, 4], 1e-6, 'two heads');
      expectClose(await outputOf(caseOf({ query, key, value }, 1), engine), [2, 3], 1e-6, 'one head');
    }
  });

  it('spreads what is no number in a key to the sample that has it, and no further', async () => {
    const key = operandOf([2, 1, 1], [Number.NaN, 1]);
    const operandCase = caseOf({ query: operandOf([2, 1, 1], [1, 1]), key, value: operandOf([2, 1, 1], [5, 6]) }, 1);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([Number.NaN, 6]);
    }
  });

  it('has the gradients of finite differences', async () => {
    await expectGradient(drawCase({ batch: 2, queries: 2, keys: 3, heads: 2, depth: 2 }, 1), {
      step: 0.02,
      tolerance: 5e-4,
    });
  });

  it('has the same values and gradients composed and emitted, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, fc.integer(), (sizes, seed) => expectSameOnBothEngines(drawCase(sizes, seed), 5e-6)),
      { numRuns: 10, seed: 2 },
    );
  });

  it('has the same values and gradients for sequences whose weights take several blocks', async () => {
    // 821 × 805 weights for each of 2 heads: two blocks of queries each.
    const operandCase = drawCase({ batch: 1, queries: 821, keys: 805, heads: 2, depth: 2 }, 1);
    const expected = await outputOf(operandCase, referenceEngine());
    expectCloseInScale(await outputOf(operandCase, await onnxEngine()), expected, 2e-6);
    const weights = drawNumbers(expected.length, 3);
    const gradients = await gradientsOf(operandCase, weights, referenceEngine());
    const own = await gradientsOf(operandCase, weights, await onnxEngine());
    for (const [name, values] of Object.entries(gradients)) {
      expectCloseInScale(named(own, name), values, 2e-5, `∂/∂${name}`);
    }
  });

  it('refuses heads that do not divide the width', () => {
    for (const heads of [3, 0, -2, 1.5, Number.NaN]) {
      const run = () => onCpu(() => [attend(tf.ones([1, 2, 4]), tf.ones([1, 2, 4]), tf.ones([1, 2, 4]), heads)]);
      expect(run).to.throw(RangeError, `heads must divide the width 4, got ${heads}`);
    }
  });
});
