import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { absolute } from '../../lib/operations/absolute.js';
import { named } from '../../lib/operations/operation.js';
import { expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import { onnxEngine, type OperandCase, operandOf, gradientsOf, referenceEngine } from './operand-case.js';

describe('absolute', () => {
  const caseOf = (values: readonly number[]): OperandCase => ({
    operands: { x: operandOf([values.length], values) },
    compute: (given) => tf.reshape(tf.sum(absolute(named(given, 'x'))), [1]),
  });

  it('has the gradients of finite differences, and the same traced', async () => {
    await expectGradient(caseOf([-2, -0.5, 0.25, 3]), { step: 1e-2, tolerance: 1e-3 });
    await expectSameOnBothEngines(caseOf([-2, 0, 0.25]), 1e-6);
  });

  it('pulls nowhere at 0', async () => {
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const { x } = await gradientsOf(caseOf([0, -1, 1]), Float32Array.of(1), engine);
      expect([...(x ?? [])]).to.deep.equal([0, -1, 1]);
    }
  });
});
