import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { gradientDifference } from '../../lib/objectives/gradient-difference.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectSameOnBothEngines } from '../operations/both-engines.js';
import { expectGradient } from '../operations/finite-differences.js';
import { drawOperand, type OperandCase } from '../operations/operand-case.js';

const shape = [2, 3, 4, 2] as const;

/** Of two frames of 3 × 4 pixels and 2 channels, `count` of which have something hidden. */
const differenceOf = (filled: readonly number[], truth: readonly number[], count = 2) =>
  onCpu(() => [
    gradientDifference({
      filled: tf.tensor4d([...filled], [...shape]),
      truth: tf.tensor4d([...truth], [...shape]),
      shares: tf.fill([2], 1 / count),
    }),
  ])[0]?.[0];

const caseOf: OperandCase = {
  operands: { filled: drawOperand(shape, 1), truth: drawOperand(shape, 2) },
  compute: (given) => {
    const [filled, truth] = [named(given, 'filled'), named(given, 'truth')];
    return tf.reshape(gradientDifference({ filled, truth, shares: tf.fill([2], 0.5) }), [1]);
  },
};

describe('gradientDifference', () => {
  const numbers = (seed: number) => [...drawOperand(shape, seed).values];

  it('is the mean difference of neighbouring pixels down the frame and across it', () => {
    const [filled, truth] = [numbers(1), numbers(2)];
    const at = (x: readonly number[], frame: number, row: number, column: number, channel: number) =>
      x[((frame * 3 + row) * 4 + column) * 2 + channel] ?? Number.NaN;
    let [down, across] = [0, 0];
    for (const frame of [0, 1]) {
      for (const channel of [0, 1]) {
        for (let row = 0; row < 3; row++) {
          for (let column = 0; column < 4; column++) {
            const step = (x: readonly number[], y: number, z: number) =>
              Math.abs(at(x, frame, row + y, column + z, channel) - at(x, frame, row, column, channel));
            if (row < 2) down += Math.abs(step(filled, 1, 0) - step(truth, 1, 0)) / (2 * 2 * 4 * 2);
            if (column < 3) across += Math.abs(step(filled, 0, 1) - step(truth, 0, 1)) / (2 * 3 * 3 * 2);
          }
        }
      }
    }
    expect(differenceOf(filled, truth)).to.be.closeTo(down + across, 1e-6);
  });

  it('is 0 for the truth, another brightness and the negative, and not for a blurred frame', () => {
    const truth = numbers(2);
    expect(differenceOf(truth, truth)).to.equal(0);
    expect(
      differenceOf(
        truth.map((value) => value + 1),
        truth,
      ),
    ).to.be.closeTo(0, 1e-6);
    expect(
      differenceOf(
        truth.map((value) => -value),
        truth,
      ),
    ).to.be.closeTo(0, 1e-6);
    expect(
      differenceOf(
        truth.map((value) => value / 2),
        truth,
      ),
    ).to.be.above(0.1);
  });

  it('counts the frames in which something is hidden alone', () => {
    const [filled, truth] = [numbers(1), numbers(2)];
    const half = filled.length / 2;
    const oneHidden = [...filled.slice(0, half), ...truth.slice(half)];
    const whole = [...filled.slice(0, half), ...filled.slice(0, half)];
    const other = [...truth.slice(0, half), ...truth.slice(0, half)];
    expect(differenceOf(oneHidden, truth, 1)).to.be.closeTo(differenceOf(whole, other) ?? Number.NaN, 1e-6);
  });

  it('has the gradients of finite differences, and the same traced', async () => {
    // Short of every kink.
    await expectGradient(caseOf, { step: 1e-3, tolerance: 1e-3 });
    await expectSameOnBothEngines(caseOf, 1e-6);
  });
});
