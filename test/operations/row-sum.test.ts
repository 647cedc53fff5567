import { expect } from 'chai';
import fc from 'fast-check';
import { OnnxGraph } from '../../lib/formats/onnx-graph.js';
import { named } from '../../lib/operations/operation.js';
import { emitRowSum, sumRows } from '../../lib/operations/row-sum.js';
import { operatorsOf } from '../formats/read-nodes.js';
import { expectClose } from './both-engines.js';
import {
  drawOperand,
  onnxEngine,
  type Operand,
  type OperandCase,
  operandOf,
  outputOf,
  referenceEngine,
} from './operand-case.js';

const caseOf = (x: Operand): OperandCase => ({ operands: { x }, compute: (given) => sumRows(named(given, 'x')) });

describe('sumRows', () => {
  it('adds up all but the last axis', async () => {
    for (const shape of [
      [3, 2],
      [3, 1, 2],
      [1, 3, 1, 2],
    ]) {
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        expect([...(await outputOf(caseOf(operandOf(shape, [1, 10, 2, 20, 4, 40])), engine))]).to.deep.equal([7, 70]);
      }
    }
  });

  it('leaves one row as it is', async () => {
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(caseOf(operandOf([3], [1, -2, 3])), engine))]).to.deep.equal([1, -2, 3]);
    }
  });

  it('keeps what is no number or infinite to its own column', async () => {
    const x = operandOf([2, 4], [Number.NaN, Infinity, 1, Infinity, 0, 0, 2, -Infinity]);
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(caseOf(x), engine))]).to.deep.equal([Number.NaN, Infinity, 3, Number.NaN]);
    }
  });

  it('agrees with sums in float64, for any sizes, many rows among them', async () => {
    const sizes = fc.tuple(fc.constantFrom(1, 2, 7, 100, 3000), fc.integer({ min: 1, max: 9 }), fc.integer());
    await fc.assert(
      fc.asyncProperty(sizes, async ([rows, width, seed]) => {
        const x = drawOperand([rows, width], seed);
        const expected = new Array<number>(width).fill(0);
        for (const [index, value] of x.values.entries()) {
          expected[index % width] = (expected[index % width] ?? Number.NaN) + value;
        }
        for (const engine of [referenceEngine(), await onnxEngine()]) {
          expectClose(await outputOf(caseOf(x), engine), expected, 2e-5, 'sums');
        }
      }),
      { numRuns: 12, seed: 1 },
    );
  });
});

describe('emitRowSum', () => {
  it('is one product that reads each row once, with any kernels', () => {
    for (const kernels of ['fused', 'plain'] as const) {
      const graph = new OnnxGraph('test', kernels);
      const y = emitRowSum(graph, graph.input('x', 'float32', [6, 4]));
      expect(y.shape).to.deep.equal([4]);
      const operators = operatorsOf(graph.encode({ y }));
      expect(operators).to.include('MatMul');
      expect(operators.filter((operator) => operator.startsWith('Reduce'))).to.deep.equal([]);
    }
  });
});
