import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { OnnxGraph, type OnnxValue } from '../../lib/formats/onnx-graph.js';
import { named } from '../../lib/operations/operation.js';
import { sumSquares, sumSquaresOperation } from '../../lib/operations/sum-squares.js';
import { operatorsOf } from '../formats/read-nodes.js';
import { expectSameOnBothEngines } from './both-engines.js';
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

const caseOf = (x: Operand): OperandCase => ({ operands: { x }, compute: (given) => sumSquares(named(given, 'x')) });

describe('sumSquares', () => {
  it('is one number, the squares of all elements together, whatever the shape', async () => {
    for (const shape of [[6], [2, 3], [1, 2, 3, 1]]) {
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        expect([...(await outputOf(caseOf(operandOf(shape, [1, -2, 3, 0, 0.5, -4])), engine))]).to.deep.equal([30.25]);
      }
    }
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(caseOf(operandOf([], [-3])), engine))]).to.deep.equal([9]);
    }
  });

  it('hides nothing: what is no number, what is infinite, what is too large', async () => {
    for (const [value, expected] of [
      [Number.NaN, Number.NaN],
      [-Infinity, Infinity],
      [2e19, Infinity],
    ] as const) {
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        expect([...(await outputOf(caseOf(operandOf([3], [1, value, 1])), engine))]).to.deep.equal([expected]);
      }
    }
  });

  it('has the gradient 2 x, times what comes from above', async () => {
    const x = operandOf([2, 2], [1, -2, 0, 0.25]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const { x: gradient = [] } = await gradientsOf(caseOf(x), Float32Array.of(-3), engine);
      expect([...gradient]).to.deep.equal([-6, 12, -0, -1.5]);
    }
  });

  it('has the gradient of finite differences', async () => {
    // A parabola: central differences are exact but for rounding.
    await expectGradient(caseOf(drawOperand([2, 3, 2], 1)), { step: 0.5, tolerance: 1e-5 });
  });

  it('has the same values and gradients composed and emitted, also inside a computation, in any shape', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer(), async (shape, seed) => {
        const operandCase = caseOf(drawOperand(shape, seed));
        await expectSameOnBothEngines(operandCase, 2e-6);
        const inside = (given: Parameters<OperandCase['compute']>[0]) =>
          tf.sqrt(tf.add(sumSquares(tf.tanh(named(given, 'x'))), 1));
        await expectSameOnBothEngines({ ...operandCase, compute: inside }, 2e-6);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  it('is one pass', () => {
    const graph = new OnnxGraph('test');
    const [y] = sumSquaresOperation.emit(graph, { x: graph.input('x', 'float32', [2, 3]) }, {});
    expect(operatorsOf(graph.encode({ y: y as OnnxValue }))).to.deep.equal(['ReduceSumSquare']);
  });
});
