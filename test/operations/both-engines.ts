// Owns the comparison of an operation's composition with what it emits: one program on the reference and on onnxruntime.
import { expect } from 'chai';
import { drawNumbers } from '../engine/small-model.js';
import { gradientsOf, onnxEngine, type OperandCase, outputOf, referenceEngine } from './operand-case.js';

/** Output and gradients must agree within `tolerance`, relative to the largest number of each. */
export async function expectSameOnBothEngines(operandCase: OperandCase, tolerance: number): Promise<void> {
  const [reference, onnx] = [referenceEngine(), await onnxEngine()];
  const expected = await outputOf(operandCase, reference);
  expectClose(await outputOf(operandCase, onnx), expected, tolerance, 'output');
  const weights = drawNumbers(expected.length, 98);
  const [gradients, own] = [
    await gradientsOf(operandCase, weights, reference),
    await gradientsOf(operandCase, weights, onnx),
  ];
  for (const [name, values] of Object.entries(gradients)) {
    expectClose(own[name] ?? new Float32Array(), values, tolerance, `∂/∂${name}`);
  }
}

/** Numbers that are all but the same; what is not finite must be the same. */
export function expectClose(actual: Float32Array, expected: ArrayLike<number>, tolerance: number, what: string): void {
  expect(actual.length, what).to.equal(expected.length);
  const finite = Array.from(expected).filter(Number.isFinite).map(Math.abs);
  const scale = Math.max(1, ...finite);
  for (const [index, value] of Array.from(expected).entries()) {
    if (Number.isFinite(value)) expect(actual[index], `${what}[${index}]`).to.be.closeTo(value, tolerance * scale);
    else expect(actual[index], `${what}[${index}]`).to.deep.equal(value);
  }
}
