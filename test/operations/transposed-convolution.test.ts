import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { convolve } from '../../lib/operations/convolution.js';
import { named } from '../../lib/operations/operation.js';
import { convolveTransposed } from '../../lib/operations/transposed-convolution.js';
import { onCpu } from '../engine/on-cpu.js';
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

type Sizes = {
  batch: number;
  height: number;
  width: number;
  channels: number;
  outputs: number;
  kernel: number;
  stride: number;
};

function caseOf(operands: Record<'x' | 'weight' | 'bias', Operand>, stride: number): OperandCase {
  return {
    operands,
    compute: (given) => convolveTransposed(named(given, 'x'), named(given, 'weight'), named(given, 'bias'), stride),
  };
}

function drawCase({ batch, height, width, channels, outputs, kernel, stride }: Sizes): OperandCase {
  const operands = {
    x: drawOperand([batch, height, width, channels], 1),
    weight: drawOperand([channels, kernel, kernel, outputs], 2),
    bias: drawOperand([outputs], 3),
  };
  return caseOf(operands, stride);
}

const anySizes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 4 }),
  width: fc.integer({ min: 1, max: 4 }),
  channels: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  kernel: fc.constantFrom(1, 3, 5),
  stride: fc.constantFrom(1, 2, 3),
});

describe('convolveTransposed', () => {
  it('puts the weight at every place of the input, the stride apart, times what is there', async () => {
    const x = operandOf([1, 1, 2, 1], [1, 10]);
    const weight = operandOf([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const expected = [
      // The middle line of the weight at columns 0 and 2, the last below it.
      [5, 6 + 40, 50, 60],
      [8, 9 + 70, 80, 90],
    ].flat();
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const output = await outputOf(caseOf({ x, weight, bias: operandOf([1], [0.5]) }, 2), engine);
      expect([...output]).to.deep.equal(expected.map((value) => value + 0.5));
    }
  });

  it('leaves the bias alone where no offset of the kernel reaches', async () => {
    const operandCase = caseOf(
      { x: operandOf([1, 1, 2, 1], [3, 4]), weight: operandOf([1, 1, 1, 1], [2]), bias: operandOf([1], [1]) },
      2,
    );
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([7, 1, 9, 1, 1, 1, 1, 1]);
    }
  });

  it('is the gradient of a convolution with the same weight, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, async (sizes) => {
        const { batch, height, width, channels, outputs, kernel, stride } = sizes;
        const x = drawOperand([batch, height, width, channels], 1);
        const weight = drawOperand([channels, kernel, kernel, outputs], 2);
        const picture = drawOperand([batch, height * stride, width * stride, outputs], 4);
        const forward: OperandCase = {
          operands: { picture },
          compute: ({ picture: given }) =>
            convolve(given as tf.Tensor, tf.tensor(weight.values, [...weight.shape]), tf.zeros([channels]), stride),
        };
        const { picture: expected = [] } = await gradientsOf(forward, x.values, referenceEngine());
        const bias = operandOf([outputs], new Array<number>(outputs).fill(0));
        expectClose(await outputOf(caseOf({ x, weight, bias }, stride), await onnxEngine()), expected, 2e-6, 'emitted');
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  for (const [kernel, stride] of [
    [1, 2],
    [3, 1],
    [3, 2],
  ] as const) {
    it(`has the gradients of finite differences, kernel ${kernel}, stride ${stride}`, async () => {
      // Linear in each operand: a wide step loses nothing.
      await expectGradient(drawCase({ batch: 2, height: 2, width: 1, channels: 2, outputs: 3, kernel, stride }), {
        step: 0.5,
        tolerance: 2e-6,
      });
    });
  }

  it('has the same values and gradients composed and emitted, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, (sizes) => expectSameOnBothEngines(drawCase(sizes), 2e-6)),
      { numRuns: 15, seed: 2 },
    );
  });

  it('refuses a kernel that has no middle or other channels, and a stride of 0', () => {
    const run = (weight: number[], stride: number) => () =>
      onCpu(() => [convolveTransposed(tf.ones([1, 2, 2, 3]), tf.ones(weight), tf.zeros([1]), stride)]);
    expect(run([3, 2, 2, 1], 2)).to.throw(RangeError, 'the kernel must be square and odd, got 2 × 2');
    expect(run([2, 3, 3, 1], 2)).to.throw(RangeError, "the kernel must have the input's 3 channels, got 2");
    expect(run([3, 3, 3, 1], 0)).to.throw(RangeError, 'the stride must be 1 or more, got 0');
  });
});
