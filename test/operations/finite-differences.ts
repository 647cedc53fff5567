// Owns the check of a gradient against finite differences, on the reference engine.
import { expect } from 'chai';
import { drawNumbers } from '../engine/small-model.js';
import { gradientsOf, openForward, type OperandCase, referenceEngine } from './operand-case.js';

/** How a gradient is checked. */
export type Differences = {
  /** Half the distance between the two points: larger where the operation bends little, for float32 has 7 digits. */
  readonly step: number;
  /** Largest error, in multiples of the largest slope of that operand (of 1 where all are smaller). */
  readonly tolerance: number;
};

/**
 * Compares the gradient of a weighted sum of the output with central differences, `(f(x + h) − f(x − h)) / 2h`, for every element
 * of every operand. The sum is taken in float64.
 */
export async function expectGradient(operandCase: OperandCase, { step, tolerance }: Differences): Promise<void> {
  const engine = referenceEngine();
  const forward = await openForward(operandCase, engine);
  const weights = drawNumbers((await forward.run()).length, 99);
  const gradients = await gradientsOf(operandCase, weights, engine);
  expect(Object.keys(gradients)).to.have.members(Object.keys(operandCase.operands));
  for (const [name, { shape, values }] of Object.entries(operandCase.operands)) {
    const sumAt = async (index: number, value: number): Promise<number> => {
      const moved = values.slice();
      moved[index] = value;
      const output = await forward.run({ ...operandCase.operands, [name]: { shape, values: moved } });
      return output.reduce((sum, each, at) => sum + each * (weights[at] ?? Number.NaN), 0);
    };
    const slopes: number[] = [];
    for (const [index, value] of values.entries()) {
      // The distance between the two as float32 has them.
      const [high, low] = [Math.fround(value + step), Math.fround(value - step)];
      slopes.push(((await sumAt(index, high)) - (await sumAt(index, low))) / (high - low));
    }
    const scale = Math.max(1, ...slopes.map(Math.abs));
    for (const [index, slope] of slopes.entries()) {
      expect(gradients[name]?.[index], `∂/∂${name}[${index}]`).to.be.closeTo(slope, tolerance * scale);
    }
  }
  await forward.release();
}
