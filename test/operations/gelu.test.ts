import { expect } from 'chai';
import fc from 'fast-check';
import { gelu, geluGradient } from '../../lib/operations/gelu.js';
import { named, runForOne } from '../../lib/operations/operation.js';
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

const caseOf = (x: Operand): OperandCase => ({ operands: { x }, compute: (given) => gelu(named(given, 'x')) });

describe('gelu', () => {
  it('is x times the normal distribution function', async () => {
    // Φ from tables: Φ(1) = 0.8413447, Φ(2) = 0.9772499, Φ(0.5) = 0.6914625.
    const x = operandOf([5], [0, 1, -1, 2, 0.5]);
    const expected = [0, 0.8413447, -0.1586553, 1.9544997, 0.3457312];
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(caseOf(x), engine), expected, 3e-7, 'gelu');
    }
  });

  it('is the exact one, not the approximation by a hyperbolic tangent', async () => {
    // x Φ(x) at −3 is −0.00404969; the approximation gives −0.00363739.
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect((await outputOf(caseOf(operandOf([1], [-3])), engine))[0]).to.be.closeTo(-0.00404969, 5e-7);
    }
  });

  it('passes large numbers, stops large negative ones, and hides nothing', async () => {
    const x = operandOf([5], [1e30, -1e30, 30, -30, Number.NaN]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const [huge, none, large, gone, nothing] = await outputOf(caseOf(x), engine);
      expect(huge).to.equal(Math.fround(1e30));
      expect(large).to.equal(30);
      expect(Math.abs(none ?? Number.NaN)).to.equal(0);
      expect(Math.abs(gone ?? Number.NaN)).to.equal(0);
      expect(nothing).to.be.NaN;
    }
  });

  it('has the slope 1 far above 0, none far below, a half at 0, and is no number only where x is none', async () => {
    const values = [20, -20, 100, -100, 1e10, -1e10, 3e38, -3e38, 0, -0, Number.NaN];
    const expected = [1, 0, 1, 0, 1, 0, 1, 0, 0.5, 0.5, Number.NaN];
    for (const scale of [1, -3]) {
      const operands = {
        x: operandOf([values.length], values),
        gradient: operandOf([values.length], new Array<number>(values.length).fill(scale)),
      };
      const compute: OperandCase['compute'] = (given) => runForOne(geluGradient, given);
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        const slopes = await outputOf({ operands, compute }, engine);
        for (const [index, value] of expected.entries()) {
          const what = `slope at ${values[index] ?? ''}`;
          if (Number.isNaN(value)) expect(slopes[index], what).to.be.NaN;
          else expect(slopes[index], what).to.be.closeTo(scale * value, 1e-6);
        }
      }
    }
  });

  it('has the slope Φ(x) + x φ(x) on onnxruntime, where the density is all but gone too', async () => {
    // From tables: φ(1) = 0.24197072, φ(2) = 0.05399097, φ(3) = 0.00443185; Φ(3) = 0.99865010.
    const x = operandOf([6], [1, -1, 2, -2, 3, -3]);
    const expected = [
      ...[0.8413447 + 0.24197072, 0.1586553 - 0.24197072],
      ...[0.9772499 + 2 * 0.05399097, 0.0227501 - 2 * 0.05399097],
      ...[0.9986501 + 3 * 0.00443185, 0.0013499 - 3 * 0.00443185],
    ];
    const { x: slopes = new Float32Array() } = await gradientsOf(
      caseOf(x),
      new Float32Array(6).fill(1),
      await onnxEngine(),
    );
    expectClose(slopes, expected, 3e-7, 'slope');
    // 13 steps where erf has reached 1 and the exponential still counts.
    const far = Array.from({ length: 13 }, (_, index) => 4 + index);
    const gradients = await gradientsOf(caseOf(operandOf([13], far)), new Float32Array(13).fill(1), await onnxEngine());
    for (const [index, slope] of (gradients['x'] ?? []).entries()) {
      const at = far[index] ?? Number.NaN;
      expect(slope, `slope at ${at}`).to.be.closeTo(1 + (at * Math.exp(-(at ** 2) / 2)) / Math.sqrt(2 * Math.PI), 4e-5);
    }
  });

  it('has the gradient of finite differences', async () => {
    // The composition's error function is off by 1.5e-7; the second derivative is at most 0.8.
    const x = operandOf([9], [-4, -2, -1, -0.3, 0, 0.3, 1, 2, 4]);
    await expectGradient(caseOf(x), { step: 0.03, tolerance: 3e-4 });
  });

  it('has the same values and gradients composed and emitted, in any shape', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 0, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer(), (shape, seed) =>
        expectSameOnBothEngines(caseOf(drawOperand(shape, seed, 2)), 1e-6),
      ),
      { numRuns: 10, seed: 1 },
    );
  });
});
