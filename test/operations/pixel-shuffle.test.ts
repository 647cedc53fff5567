import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { named } from '../../lib/operations/operation.js';
import { pixelShuffle, pixelUnshuffle } from '../../lib/operations/pixel-shuffle.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import { drawOperand, type OperandCase } from './operand-case.js';

const size = fc.integer({ min: 1, max: 3 });

const shuffleCase = (shape: readonly number[], factor: number): OperandCase => ({
  operands: { x: drawOperand(shape, 1) },
  compute: (given) => pixelShuffle(named(given, 'x'), factor),
});

const unshuffleCase = (shape: readonly number[], factor: number): OperandCase => ({
  operands: { x: drawOperand(shape, 1) },
  compute: (given) => pixelUnshuffle(named(given, 'x'), factor),
});

describe('pixelShuffle', () => {
  it('lays the channels of a place out in rows and columns', () => {
    const [y] = onCpu(() => [pixelShuffle(tf.reshape(tf.range(0, 8), [1, 1, 2, 4]), 2)]);
    expect(y).to.deep.equal([0, 1, 4, 5, 2, 3, 6, 7]);
  });

  it('is TensorFlow’s depth to space, and pixelUnshuffle undoes it, for any sizes', () => {
    fc.assert(
      fc.property(size, size, size, size, size, (batch, height, width, channels, factor) => {
        const shape: [number, number, number, number] = [batch, height, width, channels * factor * factor];
        const count = shape.reduce((product, each) => product * each, 1);
        const [own, theirs, back, x] = onCpu(() => {
          const given = tf.reshape<tf.Rank.R4>(tf.range(0, count), shape);
          const shuffled = pixelShuffle(given, factor);
          expect(shuffled.shape).to.deep.equal([batch, height * factor, width * factor, channels]);
          const reference = factor === 1 ? given : tf.depthToSpace(given, factor);
          return [shuffled, reference, pixelUnshuffle(shuffled, factor), given];
        });
        expect(own).to.deep.equal(theirs);
        expect(back).to.deep.equal(x);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('has the gradients of finite differences, both ways', async () => {
    await expectGradient(shuffleCase([1, 2, 1, 8], 2), { step: 0.5, tolerance: 1e-6 });
    await expectGradient(unshuffleCase([1, 2, 4, 2], 2), { step: 0.5, tolerance: 1e-6 });
  });

  it('has the same values and gradients traced, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(size, size, size, size, size, async (batch, height, width, channels, factor) => {
        await expectSameOnBothEngines(shuffleCase([batch, height, width, channels * factor ** 2], factor), 0);
        await expectSameOnBothEngines(unshuffleCase([batch, height * factor, width * factor, channels], factor), 0);
      }),
      { numRuns: 6, seed: 2 },
    );
  });

  it('refuses what is no multiple of the factor', () => {
    const shuffle = () => onCpu(() => [pixelShuffle(tf.ones([1, 1, 1, 6]), 2)]);
    expect(shuffle).to.throw(RangeError, '6 channels are no multiple of 2 × 2');
    const unshuffle = () => onCpu(() => [pixelUnshuffle(tf.ones([1, 2, 3, 1]), 2)]);
    expect(unshuffle).to.throw(RangeError, '2 × 3 places are no multiple of 2 × 2');
  });
});
