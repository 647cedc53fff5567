import { expect } from 'chai';
import fc from 'fast-check';
import { layerNorm } from '../../lib/operations/layer-norm.js';
import { named } from '../../lib/operations/operation.js';
import { drawNumbers } from '../engine/small-model.js';
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

function caseOf(operands: Record<'x' | 'scale' | 'shift', Operand>, epsilon = 1e-6): OperandCase {
  return {
    operands,
    compute: (given) => layerNorm(named(given, 'x'), named(given, 'scale'), named(given, 'shift'), epsilon),
  };
}

const drawCase = (shape: readonly number[], seed: number) =>
  caseOf({
    x: drawOperand(shape, seed),
    scale: drawOperand(shape.slice(-1), seed + 1),
    shift: drawOperand(shape.slice(-1), seed + 2),
  });

/** Neither scale nor shift. */
const plain = (x: Operand, epsilon?: number) => {
  const [width = 1] = x.shape.slice(-1);
  const [ones, zeros] = [1, 0].map((value) => operandOf([width], new Array<number>(width).fill(value)));
  if (ones === undefined || zeros === undefined) throw new RangeError('there are two');
  return caseOf({ x, scale: ones, shift: zeros }, epsilon);
};

describe('layerNorm', () => {
  it('takes mean and deviation over the last axis, then scales and shifts', async () => {
    // Rows of mean 3 and 0; of the first the deviation is √2, of the second 2.
    const operandCase = caseOf(
      {
        x: operandOf([2, 5], [1, 2, 3, 4, 5, -3, -1, 0, 1, 3]),
        scale: operandOf([5], [1, 1, 1, 1, 10]),
        shift: operandOf([5], [0, 0, 0.5, 0, 0]),
      },
      0,
    );
    const expected = [-2, -1, 0, 1, 2, -3, -1, 0, 1, 3].map((value, index) => value / (index < 5 ? Math.SQRT2 : 2));
    const scaled = expected.map((value, index) => (index % 5 === 4 ? 10 * value : index % 5 === 2 ? 0.5 : value));
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(operandCase, engine), scaled, 1e-6, 'norm');
    }
  });

  it('adds ε to the variance', async () => {
    const operandCase = plain(operandOf([1, 2], [-1, 1]), 3);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(operandCase, engine), [-0.5, 0.5], 1e-6, 'norm');
    }
  });

  it('gives 0 for equal numbers, however large, and does not lose small differences', async () => {
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const equal = plain(operandOf([2, 4], [1000, 1000, 1000, 1000, 0, 0, 0, 0]), 1e-12);
      expect([...(await outputOf(equal, engine))].map(Math.abs)).to.deep.equal(new Array(8).fill(0));
      const far = plain(operandOf([1, 4], [4096, 4098, 4100, 4102]), 1e-12);
      expectClose(
        await outputOf(far, engine),
        [-3, -1, 1, 3].map((value) => value / Math.sqrt(5)),
        1e-4,
        'far',
      );
    }
  });

  it('keeps what is no number to its own row', async () => {
    const operandCase = plain(operandOf([2, 2], [Number.NaN, 1, -1, 1]));
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const [one, two, ...others] = await outputOf(operandCase, engine);
      expect([one, two]).to.deep.equal([Number.NaN, Number.NaN]);
      expectClose(Float32Array.from(others), [-1, 1], 1e-5, 'other row');
    }
  });

  it('has the gradients of finite differences', async () => {
    await expectGradient(drawCase([2, 3, 4], 1), { step: 0.01, tolerance: 1e-3 });
  });

  it('keeps its gradient where the mean is a hundred deviations', async () => {
    const drawn = drawCase([2, 3, 8], 5);
    const { x } = drawn.operands;
    if (x === undefined) throw new Error('there is no x');
    const far: OperandCase = {
      ...drawn,
      operands: { ...drawn.operands, x: { ...x, values: x.values.map((value) => 100 + value) } },
    };
    // Numbers of about 100 have 7.6e-6 between them, which a wide step makes little of.
    await expectGradient(far, { step: 0.02, tolerance: 2e-3 });
    await expectSameOnBothEngines(far, 5e-5);
    // Nearly those of the same numbers about 0: only their last digits were lost.
    const weights = drawNumbers(48, 6);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const [near, own] = [await gradientsOf(drawn, weights, engine), await gradientsOf(far, weights, engine)];
      for (const [name, values] of Object.entries(near)) {
        expectClose(named(own, name), values, 1e-4, `∂/∂${name}`);
      }
    }
  });

  it('takes the gradients of scale and shift over all rows', async () => {
    // Two values are normalised to −1 and 1 whatever they are.
    const operandCase = caseOf(
      { x: operandOf([2, 1, 2], [1, 3, 9, 5]), scale: operandOf([2], [2, -1]), shift: operandOf([2], [0, 0]) },
      0,
    );
    const weights = Float32Array.of(1, 10, 100, 1000);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const gradients = await gradientsOf(operandCase, weights, engine);
      expectClose(named(gradients, 'scale'), [-1 + 100, 10 - 1000], 1e-6, 'scale');
      expectClose(named(gradients, 'shift'), [101, 1010], 1e-6, 'shift');
      expectClose(named(gradients, 'x'), [0, 0, 0, 0], 1e-4, 'x');
    }
  });

  it('has the same values and gradients composed and emitted, for any sizes', async () => {
    // Of two numbers that happen to be close, the gradient is the rest of a cancellation in either form.
    const width = fc.integer({ min: 3, max: 9 });
    const outer = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(outer, width, fc.integer(), (sizes, last, seed) =>
        expectSameOnBothEngines(drawCase([...sizes, last], seed), 1e-5),
      ),
      { numRuns: 10, seed: 1 },
    );
  });
});
