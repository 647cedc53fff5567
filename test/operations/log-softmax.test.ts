import { expect } from 'chai';
import fc from 'fast-check';
import { logSoftmax } from '../../lib/operations/log-softmax.js';
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

const caseOf = (x: Operand): OperandCase => ({ operands: { x }, compute: (given) => logSoftmax(named(given, 'x')) });

describe('logSoftmax', () => {
  it('gives logarithms of shares: their exponentials add up to 1', async () => {
    const x = operandOf([2, 2], [0, Math.log(3), 5, 5]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const expected = [1 / 4, 3 / 4, 1 / 2, 1 / 2].map(Math.log);
      expectClose(await outputOf(caseOf(x), engine), expected, 1e-6, 'shares');
    }
  });

  it('neither overflows nor loses the smallest share, where a softmax would be 0', async () => {
    const x = operandOf([1, 3], [10_000, 0, -10_000]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(caseOf(x), engine))]).to.deep.equal([0, -10_000, -20_000]);
    }
  });

  it('keeps what is no number to its own row, and takes nothing from minus infinity', async () => {
    const x = operandOf([3, 2], [Number.NaN, 1, -Infinity, 4, 1, 1]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const [one, two, three, ...others] = await outputOf(caseOf(x), engine);
      expect([one, two, three]).to.deep.equal([Number.NaN, Number.NaN, -Infinity]);
      expectClose(Float32Array.from(others), [0, -Math.LN2, -Math.LN2], 1e-6, 'others');
    }
  });

  it('has the gradients of finite differences', async () => {
    await expectGradient(caseOf(drawOperand([2, 4], 1)), { step: 0.02, tolerance: 5e-4 });
  });

  it('has the same values and gradients composed and emitted, for any sizes', async () => {
    const shape = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shape, fc.integer(), (sizes, seed) =>
        expectSameOnBothEngines(caseOf(drawOperand(sizes, seed)), 2e-6),
      ),
      { numRuns: 12, seed: 1 },
    );
  });
});
