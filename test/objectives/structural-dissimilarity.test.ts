import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { createSsim } from '../../lib/measures/ssim.js';
import { structuralDissimilarity } from '../../lib/objectives/structural-dissimilarity.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectSameOnBothEngines } from '../operations/both-engines.js';
import { expectGradient } from '../operations/finite-differences.js';
import { drawOperand, type Operand, type OperandCase } from '../operations/operand-case.js';

const shape = [2, 9, 8, 3] as const;
const half = 9 * 8 * 3;

/** Pixels 0 to 1 in 256 steps. */
const drawFrames = (seed: number, of: readonly number[] = shape): Operand => {
  const { values } = drawOperand(of, seed, 0.2);
  return { shape: of, values: values.map((value) => Math.round(255 * Math.min(1, Math.max(0, value + 0.5))) / 255) };
};

const dissimilarityOf = (filled: Float32Array, truth: Float32Array, count = 2) =>
  onCpu(() => [
    structuralDissimilarity({
      filled: tf.tensor4d(filled, [...shape]),
      truth: tf.tensor4d(truth, [...shape]),
      shares: tf.fill([2], 1 / count),
    }),
  ])[0]?.[0];

const caseOf = (of: readonly number[]): OperandCase => ({
  operands: { filled: drawFrames(1, of), truth: drawFrames(2, of) },
  compute: (given) => {
    const [filled, truth] = [named(given, 'filled'), named(given, 'truth')];
    return tf.reshape(structuralDissimilarity({ filled, truth, shares: tf.fill([of[0] ?? 1], 0.5) }), [1]);
  },
});

describe('structuralDissimilarity', () => {
  const [filled, truth] = [drawFrames(1).values, drawFrames(2).values];

  it('is 1 less the SSIM that is measured', () => {
    const blurred = truth.map((value, index) => 0.7 * value + 0.3 * (truth[index + 3] ?? 0));
    for (const other of [filled, blurred]) {
      const bytes = (values: Float32Array) => values.map((value) => 255 * value);
      const ssim = createSsim({ height: 9, width: 8, channels: 3 });
      const measured = [0, 1].map((index) => ssim(bytes(truth), bytes(other), index * half).range1);
      const mean = measured.reduce((sum, value) => sum + value / 2, 0);
      expect(dissimilarityOf(other, truth)).to.be.closeTo(1 - mean, 1e-5);
    }
  });

  it('is 0 for the truth, and counts the frames in which something is hidden alone', () => {
    expect(dissimilarityOf(truth, truth)).to.be.closeTo(0, 1e-6);
    const oneHidden = Float32Array.from([...filled.slice(0, half), ...truth.slice(half)]);
    const [alone, beside] = [dissimilarityOf(oneHidden, truth, 1), dissimilarityOf(oneHidden, truth, 2)];
    expect(alone).to.be.closeTo(2 * (beside ?? Number.NaN), 1e-6);
  });

  it('has the gradients of finite differences, and the same traced', async () => {
    await expectGradient(caseOf([2, 7, 8, 1]), { step: 1e-2, tolerance: 2e-3 });
    await expectSameOnBothEngines(caseOf(shape), 1e-5);
  });

  it('refuses frames that are smaller than its window', () => {
    const small = () => tf.zeros([1, 6, 9, 3]);
    expect(() =>
      onCpu(() => [structuralDissimilarity({ filled: small(), truth: small(), shares: tf.tensor1d([1]) })]),
    ).to.throw(RangeError, '6 × 9');
  });
});
