import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { groupNorm } from '../../lib/operations/group-norm.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose, expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import {
  drawOperand,
  onnxEngine,
  type Operand,
  type OperandCase,
  operandOf,
  outputOf,
  referenceEngine,
} from './operand-case.js';

function caseOf(operands: Record<'x' | 'scale' | 'shift', Operand>, groups: number, epsilon = 1e-6): OperandCase {
  return {
    operands,
    compute: (given) => groupNorm(named(given, 'x'), named(given, 'scale'), named(given, 'shift'), groups, epsilon),
  };
}

const drawCase = (shape: readonly number[], groups: number, seed: number) =>
  caseOf(
    {
      x: drawOperand(shape, seed),
      scale: drawOperand(shape.slice(-1), seed + 1),
      shift: drawOperand(shape.slice(-1), seed + 2),
    },
    groups,
  );

describe('groupNorm', () => {
  it('takes mean and deviation over the places and the channels of a group, of each sample', async () => {
    // Two samples of two places and four channels in two groups: of the first group of the first sample the numbers 1 to 4.
    const x = operandOf([2, 2, 1, 4], [1, 2, 0, 0, 3, 4, 0, 8, 5, 5, -1, 1, 5, 5, 1, -1]);
    const operandCase = caseOf(
      { x, scale: operandOf([4], [1, 1, 1, 2]), shift: operandOf([4], [0, 0, 0.5, 0]) },
      2,
      0.01,
    );
    const root = Math.sqrt(1.25 + 0.01);
    const other = Math.sqrt(12 + 0.01);
    const one = Math.sqrt(1.01);
    const expected = [
      [-1.5 / root, -0.5 / root, 0.5 - 2 / other, -4 / other],
      [0.5 / root, 1.5 / root, 0.5 - 2 / other, 12 / other],
      [0, 0, 0.5 - 1 / one, 2 / one],
      [0, 0, 0.5 + 1 / one, -2 / one],
    ].flat();
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(operandCase, engine), expected, 1e-6, 'norm');
    }
  });

  it('does not lose small differences of large numbers', async () => {
    const x = operandOf([1, 2, 2], [4096, 4098, 4100, 4102]);
    const operandCase = caseOf({ x, scale: operandOf([2], [1, 1]), shift: operandOf([2], [0, 0]) }, 1, 1e-12);
    const expected = [-3, -1, 1, 3].map((value) => value / Math.sqrt(5));
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(operandCase, engine), expected, 1e-4, 'far');
    }
  });

  it('keeps what is no number to its own sample and group', async () => {
    const x = operandOf([2, 1, 2, 2], [Number.NaN, 1, 1, -1, 1, 1, -1, -1]);
    const operandCase = caseOf({ x, scale: operandOf([2], [1, 1]), shift: operandOf([2], [0, 0]) }, 2);
    const expected = [Number.NaN, 1, Number.NaN, -1, 1, 1, -1, -1];
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(operandCase, engine), expected, 1e-5, 'other groups');
    }
  });

  it('has the gradients of finite differences', async () => {
    await expectGradient(drawCase([2, 3, 4], 2, 1), { step: 0.01, tolerance: 1e-3 });
    await expectGradient(drawCase([1, 2, 2, 3], 1, 2), { step: 0.01, tolerance: 1e-3 });
  });

  it('has the same values and gradients traced, for any sizes', async () => {
    const size = fc.integer({ min: 1, max: 4 });
    // At least three numbers a group: of two that are close, the gradient is the rest of a cancellation.
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        size,
        fc.integer({ min: 3, max: 5 }),
        fc.nat(1000),
        (batch, height, groups, each, seed) =>
          expectSameOnBothEngines(drawCase([batch, height, 2, groups * each], groups, seed), 1e-5),
      ),
      { numRuns: 10, seed: 1 },
    );
  });

  it('refuses groups that do not divide the channels', () => {
    for (const groups of [3, 0, -2, 1.5]) {
      const run = () => onCpu(() => [groupNorm(tf.ones([1, 2, 4]), tf.ones([4]), tf.ones([4]), groups, 1e-6)]);
      expect(run).to.throw(RangeError, `groups must divide the 4 channels, got ${groups}`);
    }
  });
});
