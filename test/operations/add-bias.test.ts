import { expect } from 'chai';
import fc from 'fast-check';
import { addBias } from '../../lib/operations/add-bias.js';
import { named } from '../../lib/operations/operation.js';
import { expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import { drawOperand, onnxEngine, type OperandCase, operandOf, outputOf, referenceEngine } from './operand-case.js';

const caseOf = (shape: readonly number[], seed = 1): OperandCase => ({
  operands: { x: drawOperand(shape, seed), bias: drawOperand(shape.slice(-1), seed + 1) },
  compute: (given) => addBias(named(given, 'x'), named(given, 'bias')),
});

describe('addBias', () => {
  it('adds a number to each channel', async () => {
    const operandCase: OperandCase = {
      ...caseOf([2, 2]),
      operands: { x: operandOf([2, 2], [1, 2, 3, 4]), bias: operandOf([2], [10, 20]) },
    };
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([11, 22, 13, 24]);
    }
  });

  it('has the gradients of finite differences', async () => {
    await expectGradient(caseOf([2, 3, 2]), { step: 0.5, tolerance: 1e-6 });
  });

  it('has the same values and gradients traced, for any sizes', async () => {
    const shape = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shape, (sizes) => expectSameOnBothEngines(caseOf(sizes), 1e-6)),
      { numRuns: 8, seed: 1 },
    );
  });
});
