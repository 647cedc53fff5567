import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { named } from '../../lib/operations/operation.js';
import { convolvePatches, patchClip, unpatchClip } from '../../lib/operations/patching.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose, expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import { drawOperand, onnxEngine, type OperandCase, outputOf, referenceEngine } from './operand-case.js';

const size = fc.integer({ min: 1, max: 3 });

function convolutionCase(kernel: number, [batch, rows, columns, channels, outputs]: readonly number[]): OperandCase {
  return {
    operands: {
      x: drawOperand([batch ?? 1, (rows ?? 1) * kernel, (columns ?? 1) * kernel, channels ?? 1], 1),
      weight: drawOperand([outputs ?? 1, kernel, kernel, channels ?? 1], 2),
      bias: drawOperand([outputs ?? 1], 3),
    },
    compute: (given) => convolvePatches(named(given, 'x'), named(given, 'weight'), named(given, 'bias')),
  };
}

describe('patching', () => {
  it('cuts a clip into tubelets in the order of the grid', () => {
    // Two frames of 2 × 4, one channel; tubelets of both frames and 2 × 2 pixels.
    const [tokens] = onCpu(() => [patchClip(tf.reshape(tf.range(0, 16), [1, 2, 2, 4, 1]), { t: 2, p: 2 })]);
    expect(tokens).to.deep.equal([0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15]);
  });

  it('puts tubelets together again, for any sizes', () => {
    fc.assert(
      fc.property(size, size, size, size, size, size, (batch, steps, rows, columns, t, p) => {
        const shape = [batch, steps * t, rows * p, columns * p, 2];
        const count = shape.reduce((product, each) => product * each, 1);
        const [back] = onCpu(() => {
          const tokens = patchClip(tf.reshape(tf.range(0, count), shape), { t, p });
          expect(tokens.shape).to.deep.equal([batch, steps * rows * columns, t * p * p * 2]);
          return [unpatchClip(tokens, shape, { t, p })];
        });
        expect(back).to.deep.equal(Array.from({ length: count }, (_, index) => index));
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('has the gradients of finite differences', async () => {
    const tubelet = { t: 2, p: 2 };
    const clip = drawOperand([1, 2, 2, 4, 1], 1);
    await expectGradient(
      { operands: { clip }, compute: (given) => tf.square(patchClip(named(given, 'clip'), tubelet)) },
      { step: 0.1, tolerance: 1e-5 },
    );
    await expectGradient(convolutionCase(2, [1, 1, 2, 2, 3]), { step: 0.5, tolerance: 2e-6 });
  });

  it('convolves blocks as tfjs does, with the same gradients traced, for any sizes', async () => {
    const sizes = fc.tuple(size, size, size, size, size);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), sizes, async (kernel, all) => {
        const operandCase = convolutionCase(kernel, all);
        const { x, weight, bias } = operandCase.operands;
        if (x === undefined || weight === undefined || bias === undefined) throw new RangeError('there are three');
        const [expected = []] = onCpu(() => {
          const [picture, filter] = [x, weight].map(({ shape, values }) => tf.tensor(values, [...shape]));
          const turned = tf.transpose(filter as tf.Tensor, [1, 2, 3, 0]) as tf.Tensor4D;
          const y = tf.conv2d(picture as tf.Tensor4D, turned, kernel, 'valid');
          return [tf.add(y, tf.tensor1d(bias.values))];
        });
        for (const engine of [referenceEngine(), await onnxEngine()]) {
          expectClose(await outputOf(operandCase, engine), expected, 1e-6, 'blocks');
        }
        await expectSameOnBothEngines(operandCase, 2e-6);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  it('refuses sides that are no multiples', () => {
    const cut = () => onCpu(() => [patchClip(tf.ones([1, 3, 4, 4, 1]), { t: 2, p: 4 })]);
    expect(cut).to.throw(RangeError, 'a clip of 3 × 4 × 4 is no multiple of 2 × 4 × 4');
    const join = () => onCpu(() => [unpatchClip(tf.ones([1, 2, 16]), [1, 2, 4, 4, 1], { t: 1, p: 2 })]);
    expect(join).to.throw(RangeError, 'tokens [1,2,16] do not make a clip [1,2,4,4,1] of 1 × 2 × 2');
    const convolve = () => onCpu(() => [convolvePatches(tf.ones([1, 4, 4, 2]), tf.ones([1, 2, 2, 3]))]);
    expect(convolve).to.throw(RangeError, 'a kernel [1,2,2,3] does not fit a picture [1,4,4,2]');
  });
});
