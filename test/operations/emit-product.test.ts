import { expect } from 'chai';
import { OnnxGraph, type OnnxKernels, type OnnxValue } from '../../lib/formats/onnx-graph.js';
import { emitProduct, type ProductOptions } from '../../lib/operations/emit-product.js';
import { drawNumbers } from '../engine/small-model.js';
import { operatorsOf } from '../formats/read-nodes.js';
import { runModel } from '../formats/run-model.js';
import { expectClose } from './both-engines.js';

type Matrix = { readonly shape: readonly number[]; readonly values: Float32Array };

const countOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const draw = (shape: readonly number[], seed: number): Matrix => ({ shape, values: drawNumbers(countOf(shape), seed) });

/** A graph of one product of inputs of these shapes. */
function modelOf(
  kernels: OnnxKernels,
  a: readonly number[],
  b: readonly number[],
  options?: ProductOptions,
): { readonly bytes: Uint8Array; readonly y: OnnxValue } {
  const graph = new OnnxGraph('test', kernels);
  const y = emitProduct(graph, graph.input('a', 'float32', a), graph.input('b', 'float32', b), options);
  return { bytes: graph.encode({ y }), y };
}

/** The element of a matrix, the last two axes turned where `turned`; an outer axis of size 1 stands for all. */
function elementOf({ shape, values }: Matrix, outer: number, row: number, column: number, turned: boolean): number {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const matrices = countOf(shape.slice(0, -2));
  const [y, x] = turned ? [column, row] : [row, column];
  return values[((outer % matrices) * rows + y) * columns + x] ?? Number.NaN;
}

/** `alpha · a b` in float64, each sum by itself; of the leading axes at most one broadcasts, or the first of two. */
function multiply(a: Matrix, b: Matrix, { transA = false, transB = false, alpha = 1 }: ProductOptions) {
  const rows = a.shape.at(transA ? -1 : -2) ?? 0;
  const inner = a.shape.at(transA ? -2 : -1) ?? 0;
  const columns = b.shape.at(transB ? -2 : -1) ?? 0;
  const rank = Math.max(a.shape.length, b.shape.length) - 2;
  const leading = Array.from({ length: rank }, (_, axis) => {
    const [one, other] = [a, b].map(({ shape }) => shape[axis - rank + shape.length - 2] ?? 1);
    return Math.max(one ?? 1, other ?? 1);
  });
  const values: number[] = [];
  for (let outer = 0; outer < countOf(leading); outer++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let at = 0; at < inner; at++) {
          sum += elementOf(a, outer, row, at, transA) * elementOf(b, outer, at, column, transB);
        }
        values.push(alpha * sum);
      }
    }
  }
  return { shape: [...leading, rows, columns], values };
}

/** Leading axes of the two operands. */
const leadings: Record<string, [readonly number[], readonly number[]]> = {
  'two matrices': [[], []],
  batches: [
    [2, 3],
    [2, 3],
  ],
  'one matrix on the left for a batch': [[], [4]],
  'one matrix on the right for a batch': [[4], []],
  'a batch whose first axis is repeated': [[2, 3], [3]],
  'a batch of one': [[1], [3]],
};
const allOptions = [false, true].flatMap((transA) =>
  [false, true].flatMap((transB) => [1, -0.25].map((alpha) => ({ transA, transB, alpha }))),
);

describe('emitProduct', () => {
  for (const kernels of ['fused', 'plain'] as const) {
    for (const [title, [outerA, outerB]] of Object.entries(leadings)) {
      it(`multiplies ${title} with ${kernels} kernels: every transposition, with and without alpha`, async () => {
        for (const options of allOptions) {
          const a = draw([...outerA, ...(options.transA ? [3, 2] : [2, 3])], 1);
          const b = draw([...outerB, ...(options.transB ? [5, 3] : [3, 5])], 2);
          const expected = multiply(a, b, options);
          const { bytes, y } = modelOf(kernels, a.shape, b.shape, options);
          expect(y.shape, JSON.stringify(options)).to.deep.equal(expected.shape);
          const { y: own } = await runModel(bytes, { a, b });
          expect(own?.shape).to.deep.equal(expected.shape);
          expectClose(Float32Array.from(own?.values ?? []), expected.values, 1e-6, JSON.stringify(options));
        }
      });
    }
  }

  it('is a MatMul where nothing is turned or scaled, for any kernels and axes', () => {
    for (const kernels of ['fused', 'plain'] as const) {
      expect(operatorsOf(modelOf(kernels, [2, 3], [3, 5]).bytes)).to.deep.equal(['MatMul']);
      expect(operatorsOf(modelOf(kernels, [4, 2, 3], [4, 3, 5], { alpha: 1 }).bytes)).to.deep.equal(['MatMul']);
    }
  });

  it('reads operands as they lie with fused kernels, but turns a small first matrix', () => {
    const operators = (a: readonly number[], b: readonly number[], options: ProductOptions) =>
      operatorsOf(modelOf('fused', a, b, options).bytes);
    expect(operators([3, 2], [3, 5], { transA: true })).to.deep.equal(['Transpose', 'MatMul']);
    // 2²⁰ values are turned still, one row more are not.
    expect(operators([2 ** 10, 2 ** 10], [2 ** 10, 5], { transA: true })).to.deep.equal(['Transpose', 'MatMul']);
    expect(operators([2 ** 10 + 1, 2 ** 10], [2 ** 10 + 1, 5], { transA: true })).to.deep.equal(['FusedMatMul']);
    expect(operators([3, 2], [3, 5], { transA: true, alpha: 2 })).to.deep.equal(['FusedMatMul']);
    expect(operators([3, 2], [5, 3], { transA: true, transB: true })).to.deep.equal(['FusedMatMul']);
    expect(operators([2, 3], [5, 3], { transB: true })).to.deep.equal(['FusedMatMul']);
    expect(operators([4, 3, 2], [4, 3, 5], { transA: true })).to.deep.equal(['FusedMatMul']);
    expect(operators([2, 3], [3, 5], { alpha: 2 })).to.deep.equal(['FusedMatMul']);
  });

  it('takes no fused product with plain kernels: Gemm for matrices, else turned and scaled by hand', () => {
    const operators = (a: readonly number[], b: readonly number[], options: ProductOptions) =>
      operatorsOf(modelOf('plain', a, b, options).bytes);
    for (const options of allOptions.filter(({ transA, transB, alpha }) => transA || transB || alpha !== 1)) {
      const [a, b] = [options.transA ? [3, 2] : [2, 3], options.transB ? [5, 3] : [3, 5]];
      expect(operators(a, b, options), JSON.stringify(options)).to.deep.equal(['Gemm']);
    }
    expect(operators([4, 3, 2], [4, 5, 3], { transA: true, transB: true, alpha: 2 })).to.deep.equal([
      ...['Transpose', 'Transpose', 'MatMul', 'Mul'],
    ]);
    expect(operators([4, 2, 3], [5, 3], { transB: true })).to.deep.equal(['Transpose', 'MatMul']);
  });
});
