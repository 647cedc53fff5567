import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { OnnxGraph, type OnnxValue } from '../../lib/formats/onnx-graph.js';
import { convolveDepthwise, depthwiseInputGradient } from '../../lib/operations/depthwise-convolution.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from '../engine/on-cpu.js';
import { countNodes } from '../formats/count-nodes.js';
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

type Sizes = { batch: number; height: number; width: number; channels: number; kernel: number; stride: number };

function caseOf(operands: Record<'x' | 'weight' | 'bias', Operand>, stride = 1): OperandCase {
  return {
    operands,
    compute: (given) => convolveDepthwise(named(given, 'x'), named(given, 'weight'), named(given, 'bias'), stride),
  };
}

function drawCase({ batch, height, width, channels, kernel, stride }: Sizes): OperandCase {
  const operands = {
    x: drawOperand([batch, height, width, channels], 1),
    weight: drawOperand([channels, kernel, kernel], 2),
    bias: drawOperand([channels], 3),
  };
  return caseOf(operands, stride);
}

/** Straight from the definition, in float64: each place, each channel, each offset by itself. */
function convolveByDefinition({ operands }: OperandCase, sizes: Sizes): number[] {
  const { batch, height, width, channels, kernel, stride } = sizes;
  const [x, weight, bias] = [named(operands, 'x'), named(operands, 'weight'), named(operands, 'bias')];
  const margin = (kernel - 1) / 2;
  const result: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < height; y += stride) {
      for (let z = 0; z < width; z += stride) {
        for (let c = 0; c < channels; c++) {
          let sum = bias.values[c] ?? Number.NaN;
          for (let r = 0; r < kernel; r++) {
            for (let s = 0; s < kernel; s++) {
              const [row, column] = [y + r - margin, z + s - margin];
              if (row < 0 || row >= height || column < 0 || column >= width) continue;
              const value = x.values[((b * height + row) * width + column) * channels + c] ?? Number.NaN;
              sum += value * (weight.values[(c * kernel + r) * kernel + s] ?? Number.NaN);
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
  // Wide and narrow for the kernel: there are two formulations.
  width: fc.constantFrom(1, 2, 4, 5, 11),
  channels: fc.integer({ min: 1, max: 4 }),
  kernel: fc.constantFrom(1, 3, 5, 7),
  stride: fc.constantFrom(1, 2, 3),
});

describe('convolveDepthwise', () => {
  it('slides over each channel the weight of that channel', async () => {
    // Two channels: 1 to 4, and tens.
    const x = operandOf([1, 2, 2, 2], [1, 10, 2, 20, 3, 30, 4, 40]);
    // What lies to the right; what lies above, twice.
    const weight = operandOf([2, 3, 3], [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0]);
    const operandCase = caseOf({ x, weight, bias: operandOf([2], [0.5, 0]) });
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([2.5, 0, 0.5, 0, 4.5, 20, 0.5, 40]);
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

  for (const stride of [1, 2]) {
    it(`has the gradients of finite differences, stride ${stride}`, async () => {
      // Linear in each operand: a wide step loses nothing.
      await expectGradient(drawCase({ batch: 2, height: 3, width: 3, channels: 2, kernel: 3, stride }), {
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

  it('takes one product for each channel of a narrow picture, and one Conv for a wide one', () => {
    const modelOf = (width: number, stride: number) => {
      const graph = new OnnxGraph('test');
      const inputs = {
        gradient: graph.input('gradient', 'float32', [1, Math.ceil(6 / stride), Math.ceil(width / stride), 2]),
        weight: graph.input('weight', 'float32', [2, 3, 3]),
      };
      const [y] = depthwiseInputGradient.emit(graph, inputs, { kernel: 3, stride, height: 6, width });
      return graph.encode({ y: y as OnnxValue });
    };
    expect([countNodes(modelOf(9, 1), 'MatMul'), countNodes(modelOf(9, 1), 'Conv')]).to.deep.equal([1, 0]);
    expect([countNodes(modelOf(10, 1), 'MatMul'), countNodes(modelOf(10, 1), 'Conv')]).to.deep.equal([0, 1]);
    // Where places are left out, the gradient is no convolution.
    expect([countNodes(modelOf(10, 2), 'MatMul'), countNodes(modelOf(10, 2), 'Conv')]).to.deep.equal([1, 0]);
  });

  it('refuses a kernel that has no middle or other channels, and a stride of 0', () => {
    const run = (weight: number[], stride: number) => () =>
      onCpu(() => [convolveDepthwise(tf.ones([1, 2, 2, 3]), tf.ones(weight), tf.zeros([3]), stride)]);
    expect(run([3, 2, 2], 1)).to.throw(RangeError, 'the kernel must be square and odd, got 2 × 2');
    expect(run([2, 3, 3], 1)).to.throw(RangeError, "the kernel must have the input's 3 channels, got 2");
    expect(run([3, 3, 3], 0)).to.throw(RangeError, 'the stride must be 1 or more, got 0');
  });
});
