import { expect } from 'chai';
import fc from 'fast-check';
import { convolve } from '../../lib/operations/convolution.js';
import { named, runForOne } from '../../lib/operations/operation.js';
import { suitsWinograd, winogradConvolution } from '../../lib/operations/winograd-convolution.js';
import { drawNumbers } from '../engine/small-model.js';
import { expectClose, expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import {
  drawOperand,
  gradientsOf,
  onnxEngine,
  type OperandCase,
  operandOf,
  outputOf,
  referenceEngine,
} from './operand-case.js';

type Sizes = { batch: number; height: number; width: number; channels: number; outputs: number };

function drawCase({ batch, height, width, channels, outputs }: Sizes): OperandCase {
  return {
    operands: {
      x: drawOperand([batch, height, width, channels], 1),
      weight: drawOperand([outputs, 3, 3, channels], 2),
    },
    compute: (given) => runForOne(winogradConvolution, { x: named(given, 'x'), weight: named(given, 'weight') }),
  };
}

const anySizes = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  height: fc.constantFrom(2, 4, 6),
  width: fc.constantFrom(2, 4, 6),
  channels: fc.integer({ min: 1, max: 4 }),
  outputs: fc.integer({ min: 1, max: 4 }),
});

describe('the convolution by minimal filtering', () => {
  it('slides the weight over the picture, without turning it, zeros outside', async () => {
    const { compute } = drawCase({ batch: 1, height: 2, width: 4, channels: 1, outputs: 1 });
    const picture = operandOf([1, 2, 4, 1], [1, 2, 3, 4, 5, 6, 7, 8]);
    // Ten times what lies above, and what lies to the right.
    const weight = operandOf([1, 3, 3, 1], [0, 10, 0, 0, 0, 1, 0, 0, 0]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const output = await outputOf({ operands: { x: picture, weight }, compute }, engine);
      expect([...output]).to.deep.equal([2, 3, 4, 0, 16, 27, 38, 40]);
    }
  });

  // The reference convolves by the definition; what it turns is compared by the gradient of the weight.
  it('and its gradients agree with the definition, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(anySizes, (sizes) => expectSameOnBothEngines(drawCase(sizes), 3e-6)),
      { numRuns: 20, seed: 1 },
    );
  });

  it('has the gradients of finite differences', async () => {
    // Linear in each operand: a wide step loses nothing.
    await expectGradient(drawCase({ batch: 2, height: 4, width: 2, channels: 2, outputs: 3 }), {
      step: 0.5,
      tolerance: 2e-6,
    });
  });

  it('is what convolve takes where there are channels enough, and as exact', async () => {
    const sizes = { batch: 2, height: 8, width: 8, channels: 64, outputs: 48 };
    const direct = drawCase(sizes);
    const throughConvolve: OperandCase = {
      operands: { ...direct.operands, bias: operandOf([48], new Array<number>(48).fill(0)) },
      compute: (given) => convolve(named(given, 'x'), named(given, 'weight'), named(given, 'bias')),
    };
    const [engine, weights] = [await onnxEngine(), drawNumbers(2 * 8 * 8 * 48, 3)];
    expect(await outputOf(throughConvolve, engine)).to.deep.equal(await outputOf(direct, engine));
    const gradients = await gradientsOf(throughConvolve, weights, engine);
    expect(gradients).to.deep.include(await gradientsOf(direct, weights, engine));
    const expected = await outputOf(direct, referenceEngine());
    expectClose(await outputOf(direct, engine), expected, 2e-6, 'output');
  });

  it('suits even pictures, kernels of three and many channels', () => {
    expect(suitsWinograd([2, 8, 8, 64], [48, 3, 3, 64], 1)).to.equal(true);
    for (const [x, weight, stride] of [
      [[2, 8, 8, 64], [48, 3, 3, 64], 2],
      [[2, 7, 8, 64], [48, 3, 3, 64], 1],
      [[2, 8, 7, 64], [48, 3, 3, 64], 1],
      [[2, 8, 8, 32], [48, 3, 3, 32], 1],
      [[2, 8, 8, 64], [3, 3, 3, 64], 1],
      [[2, 8, 8, 64], [48, 5, 5, 64], 1],
    ] as const) {
      expect(suitsWinograd(x, weight, stride), `${x.join()} ${weight.join()} ${stride}`).to.equal(false);
    }
  });
});
