import { expect } from 'chai';
import fc from 'fast-check';
import { linear } from '../../lib/operations/linear.js';
import { named } from '../../lib/operations/operation.js';
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

function caseOf(operands: Record<'x' | 'weight', Operand> & { bias?: Operand }): OperandCase {
  return {
    operands,
    compute: (given) => linear(named(given, 'x'), named(given, 'weight'), given['bias']),
  };
}

const drawCase = (outer: readonly number[], inputs: number, outputs: number, seed: number) =>
  caseOf({
    x: drawOperand([...outer, inputs], seed),
    weight: drawOperand([outputs, inputs], seed + 1),
    bias: drawOperand([outputs], seed + 2),
  });

describe('linear', () => {
  it('multiplies by the transposed weight and adds the bias', async () => {
    const x = operandOf([2, 2], [1, 2, 3, 4]);
    // Rows are outputs, as PyTorch has them.
    const weight = operandOf([3, 2], [1, 0, 0, 1, 10, 100]);
    const bias = operandOf([3], [0.5, 0, -1]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const shifted = await outputOf(caseOf({ x, weight, bias }), engine);
      expect([...shifted]).to.deep.equal([1.5, 2, 209, 3.5, 4, 429]);
      expect([...(await outputOf(caseOf({ x, weight }), engine))]).to.deep.equal([1, 2, 210, 3, 4, 430]);
    }
  });

  it('works over the last of any number of axes', async () => {
    const weight = operandOf([1, 2], [1, 10]);
    for (const shape of [[2], [1, 2], [1, 1, 1, 2]]) {
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        expect([...(await outputOf(caseOf({ x: operandOf(shape, [3, 4]), weight }), engine))]).to.deep.equal([43]);
      }
    }
  });

  it('carries what is no number and what is infinite to its own row alone', async () => {
    const x = operandOf([3, 2], [Number.NaN, 0, Infinity, 1, 1, 1]);
    const weight = operandOf([1, 2], [2, 1]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(caseOf({ x, weight }), engine), [Number.NaN, Infinity, 3], 0, 'rows');
    }
  });

  it('has the gradients of finite differences', async () => {
    // Linear in each operand: a wide step loses nothing.
    await expectGradient(drawCase([2, 2], 3, 4, 1), { step: 0.5, tolerance: 2e-6 });
  });

  it('has the same values and gradients composed and emitted, for any sizes', async () => {
    const size = fc.integer({ min: 1, max: 6 });
    const outer = fc.array(size, { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(outer, size, size, fc.integer(), (sizes, inputs, outputs, seed) =>
        expectSameOnBothEngines(drawCase(sizes, inputs, outputs, seed), 2e-6),
      ),
      { numRuns: 10, seed: 1 },
    );
  });
});
