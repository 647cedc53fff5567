import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { convolve } from '../../lib/operations/convolution.js';
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

type Sizes = {
  batch: number;
  height: number;
  width: number;
  channels: number;
  outputs: number;
  kernel: number;
  stride: number;
};

function caseOf(operands: Record<'x' | 'weight' | 'bias', Operand>, stride = 1): OperandCase {
  return {
    operands,
    compute: (given) => convolve(named(given, 'x'), named(given, 'weight'), named(given, 'bias'), stride),
  };
}

function drawCase({ batch, height, width, channels, outputs, kernel, stride }: Sizes): OperandCase {
  const operands = {
    x: drawOperand([batch, height, width, channels], 1),
    weight: drawOperand([outputs, kernel, kernel, channels], 2),
    bias: drawOperand([outputs], 3),
  };
  return caseOf(operands, stride);
}

/** Straight from the definition, in float64: each place, each offset, each channel by itself. */
function convolveByDefinition({ operands }: OperandCase, sizes: Sizes): number[] {
  const { batch, height, width, channels, outputs, kernel, stride } = sizes;
  const [x, weight, bias] = [named(operands, 'x'), named(operands, 'weight'), named(operands, 'bias')];
  const margin = (kernel - 1) / 2;
  const result: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < height; y += stride) {
      for (let z = 0; z < width; z += stride) {
        for (let o = 0; o < outputs; o++) {
          let sum = bias.values[o] ?? Number.NaN;
          for (let r = 0; r < kernel; r++) {
            for (let s = 0; s < kernel; s++) {
              const [row, column] = [y + r - margin, z + s - margin];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              for (let c = 0; c < channels; c++) {
                const value = x.values[((b * height + row) * width + column) * channels + c] ?? Number.NaN;
                sum += value * (weight.values[((o * kernel + r) * kernel + s) * channels + c] ?? Number.NaN);
              }
            }
          }
          result.push(sum);
        }
      }
    }
  }
  return result;
}

const anySizes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 1, max: 5 }),
  width: fc.integer({ min: 1, max: 5 }),
  channels: fc.integer({ min: 1, max: 4 }),
  outputs: fc.integer({ min: 1, max: 4 }),
  kernel: fc.constantFrom(1, 3, 5),
  stride: fc.constantFrom(1, 2, 3),
});

describe('convolve', () => {
  it('slides the weight over the picture, without turning it, zeros outside', async () => {
    const picture = operandOf([1, 2, 3, 1], [1, 2, 3, 4, 5, 6]);
    // Ten times what lies above, and what lies to the right.
    const weight = operandOf([1, 3, 3, 1], [0, 10, 0, 0, 0, 1, 0, 0, 0]);
    const operandCase = caseOf({ x: picture, weight, bias: operandOf([1], [0.5]) });
    const expected = [2.5, 3.5, 0.5, 15.5, 26.5, 30.5];
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal(expected);
    }
  });

  it('is a linear map of each place where the kernel is 1', async () => {
    const x = operandOf([1, 1, 2, 2], [1, 2, 3, 4]);
    const operandCase = caseOf({ x, weight: operandOf([1, 1, 1, 2], [10, 1]), bias: operandOf([1], [0]) });
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([12, 34]);
    }
  });

  it('agrees with the definition, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, async (sizes) => {
        const operandCase = drawCase(sizes);
        const expected = convolveByDefinition(operandCase, sizes);
        expectClose(await outputOf(operandCase, referenceEngine()), expected, 1e-6, 'composed');
        expectClose(await outputOf(operandCase, await onnxEngine()), expected, 1e-6, 'emitted');
      }),
      { numRuns: 15, seed: 1 },
    );
  });

  it('takes every second place with stride 2, the first one first', async () => {
    const picture = operandOf([1, 3, 4, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const bias = operandOf([1], [0]);
    const weights: [Operand, number[]][] = [
      [operandOf([1, 1, 1, 1], [1]), [1, 3, 9, 11]],
      // Ten times what lies above, and what lies to the right.
      [operandOf([1, 3, 3, 1], [0, 10, 0, 0, 0, 1, 0, 0, 0]), [2, 4, 60, 82]],
    ];
    for (const [weight, expected] of weights) {
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        const output = await outputOf(caseOf({ x: picture, weight, bias }, 2), engine);
        expect([...output]).to.deep.equal(expected);
      }
    }
  });

  for (const [kernel, stride] of [
    [1, 1],
    [3, 1],
    [1, 2],
    [3, 2],
  ] as const) {
    it(`has the gradients of finite differences, kernel ${kernel}, stride ${stride}`, async () => {
      // Linear in each operand: a wide step loses nothing.
      await expectGradient(drawCase({ batch: 2, height: 3, width: 2, channels: 2, outputs: 3, kernel, stride }), {
        step: 0.5,
        tolerance: 2e-6,
      });
    });
  }

  it('has the same gradients composed and emitted, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, (sizes) => expectSameOnBothEngines(drawCase(sizes), 2e-6)),
      { numRuns: 15, seed: 2 },
    );
  });

  it('spreads what is no number to its neighbours alone', async () => {
    const x = operandOf([1, 1, 4, 1], [Number.NaN, 1, 1, 1]);
    const weight = operandOf([1, 3, 3, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const operandCase = caseOf({ x, weight, bias: operandOf([1], [0]) });
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([Number.NaN, Number.NaN, 3, 2]);
    }
  });

  it('refuses a kernel that has no middle', () => {
    for (const [rows, columns] of [
      [2, 2],
      [3, 1],
    ] as const) {
      const run = () => onCpu(() => [convolve(tf.ones([1, 4, 4, 1]), tf.ones([1, rows, columns, 1]), tf.zeros([1]))]);
      expect(run).to.throw(RangeError, `the kernel must be square and odd, got ${rows} × ${columns}`);
    }
  });

  it('refuses a stride that is no whole number above 0', () => {
    for (const stride of [0, -1, 1.5]) {
      const run = () => onCpu(() => [convolve(tf.ones([1, 2, 2, 1]), tf.ones([1, 1, 1, 1]), tf.zeros([1]), stride)]);
      expect(run).to.throw(RangeError, `the stride must be 1 or more, got ${stride}`);
    }
  });

  it('refuses a kernel of other channels', () => {
    const run = () => onCpu(() => [convolve(tf.ones([1, 2, 2, 3]), tf.ones([1, 1, 1, 2]), tf.zeros([1]))]);
    expect(run).to.throw(RangeError, "the kernel must have the input's 3 channels, got 2");
  });
});
