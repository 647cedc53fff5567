import { expect } from 'chai';
import fc from 'fast-check';
import { OnnxGraph } from '../../lib/formats/onnx-graph.js';
import { linear, linearOperation } from '../../lib/operations/linear.js';
import { named } from '../../lib/operations/operation.js';
import { operatorsOf } from '../formats/read-nodes.js';
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

function caseOf(operands: Record<'x' | 'weight', Operand> & { bias?: Operand }): OperandCase {
  return {
    operands,
    compute: (given) => linear(named(given, 'x'), named(given, 'weight'), given['bias']),
  };
}

const drawCase = (outer: readonly number[], inputs: number, outputs: number, seed: number) =>
  caseOf({
    x: drawOperand([...outer, inputs], seed),
    weight: drawOperand([outputs, inputs], seed + 1),
    bias: drawOperand([outputs], seed + 2),
  });

describe('linear', () => {
  it('multiplies by the transposed weight and adds the bias', async () => {
    const x = operandOf([2, 2], [1, 2, 3, 4]);
    // Rows are outputs, as PyTorch has them.
    const weight = operandOf([3, 2], [1, 0, 0, 1, 10, 100]);
    const bias = operandOf([3], [0.5, 0, -1]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const shifted = await outputOf(caseOf({ x, weight, bias }), engine);
      expect([...shifted]).to.deep.equal([1.5, 2, 209, 3.5, 4, 429]);
      expect([...(await outputOf(caseOf({ x, weight }), engine))]).to.deep.equal([1, 2, 210, 3, 4, 430]);
    }
  });

  it('works over the last of any number of axes', async () => {
    const weight = operandOf([1, 2], [1, 10]);
    for (const shape of [[2], [1, 2], [1, 1, 1, 2]]) {
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        expect([...(await outputOf(caseOf({ x: operandOf(shape, [3, 4]), weight }), engine))]).to.deep.equal([43]);
      }
    }
  });

  it('carries what is no number and what is infinite to its own row alone', async () => {
    const x = operandOf([3, 2], [Number.NaN, 0, Infinity, 1, 1, 1]);
    const weight = operandOf([1, 2], [2, 1]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(caseOf({ x, weight }), engine), [Number.NaN, Infinity, 3], 0, 'rows');
    }
  });

  it('has the gradients of the definition: g W, gᵀ x, and for the bias the sum of g over all rows', async () => {
    const operands = {
      x: operandOf([1, 2, 2], [1, 2, 3, 4]),
      weight: operandOf([3, 2], [1, 0, 0, 1, 10, 100]),
      bias: operandOf([3], [0, 0, 0]),
    };
    const weights = Float32Array.of(1, 2, 3, -1, 0, 0.5);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const gradients = await gradientsOf(caseOf(operands), weights, engine);
      expect([...named(gradients, 'x')]).to.deep.equal([31, 302, 4, 50]);
      // Rows of the weight are outputs: 1 · [1, 2] − 1 · [3, 4], 2 · [1, 2], 3 · [1, 2] + 0.5 · [3, 4].
      expect([...named(gradients, 'weight')]).to.deep.equal([-2, -2, 2, 4, 4.5, 8]);
      expect([...named(gradients, 'bias')]).to.deep.equal([0, 2, 3.5]);
    }
  });

  it('begins the product at the bias, and adds it in no pass of its own', () => {
    for (const kernels of ['fused', 'plain'] as const) {
      const graph = new OnnxGraph('test', kernels);
      const inputs = {
        x: graph.input('x', 'float32', [4, 3]),
        weight: graph.input('weight', 'float32', [5, 3]),
        bias: graph.input('bias', 'float32', [5]),
      };
      const [y] = linearOperation.emit(graph, inputs, {});
      if (y === undefined) throw new Error('there is no output');
      expect(y.shape).to.deep.equal([4, 5]);
      expect(operatorsOf(graph.encode({ y }))).to.deep.equal(['Gemm']);
    }
  });

  it('has the gradients of finite differences', async () => {
    // Linear in each operand: a wide step loses nothing.
    await expectGradient(drawCase([2, 2], 3, 4, 1), { step: 0.5, tolerance: 2e-6 });
  });

  it('has the same values and gradients composed and emitted, for any sizes', async () => {
    const size = fc.integer({ min: 1, max: 6 });
    const outer = fc.array(size, { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(outer, size, size, fc.integer(), (sizes, inputs, outputs, seed) =>
        expectSameOnBothEngines(drawCase(sizes, inputs, outputs, seed), 2e-6),
      ),
      { numRuns: 10, seed: 1 },
    );
  });
});
