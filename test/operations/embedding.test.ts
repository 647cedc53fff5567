import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { embed, pickRows, placeRows } from '../../lib/operations/embedding.js';
import { named } from '../../lib/operations/operation.js';
import { expectSameOnBothEngines } from './both-engines.js';
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

const embedCase = (rows: number, width: number, ids: readonly number[]): OperandCase => ({
  operands: { table: drawOperand([rows, width], 1) },
  compute: (given) => embed(named(given, 'table'), tf.tensor1d([...ids], 'int32')),
});

/** Of the rows that `order` begins with, the first `count`. */
function pickCase(order: readonly number[], count: number, width: number): OperandCase {
  const ids = order.slice(0, count);
  const inverse = order.map((_, row) => (ids.includes(row) ? ids.indexOf(row) : count));
  return {
    operands: { x: drawOperand([order.length, width], 1) },
    compute: (given) => pickRows(named(given, 'x'), tf.tensor1d(ids, 'int32'), tf.tensor1d(inverse, 'int32')),
  };
}

describe('embed', () => {
  it('gives the row of each id, in the shape of the ids, and adds up the gradients of a row', async () => {
    const table = operandOf([3, 2], [1, 2, 3, 4, 5, 6]);
    const operandCase: OperandCase = {
      operands: { table },
      compute: (given) => embed(named(given, 'table'), tf.tensor2d([[2, 0, 2]], [1, 3], 'int32')),
    };
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([5, 6, 1, 2, 5, 6]);
      const gradients = await gradientsOf(operandCase, Float32Array.of(1, 2, 10, 20, 100, 200), engine);
      expect([...(gradients['table'] ?? [])]).to.deep.equal([10, 20, 0, 0, 101, 202]);
    }
  });

  it('has the gradients of finite differences', async () => {
    await expectGradient(embedCase(4, 2, [3, 0, 3, 1]), { step: 0.5, tolerance: 1e-6 });
  });

  it('has the same values and gradients traced, for any ids of small tables and of large ones', async () => {
    const table = fc
      .tuple(fc.constantFrom(1, 3, 17, 600), fc.integer({ min: 1, max: 5 }))
      .chain(([rows, width]) =>
        fc.tuple(fc.constant(rows), fc.constant(width), fc.array(fc.nat(rows - 1), { minLength: 1, maxLength: 9 })),
      );
    await fc.assert(
      fc.asyncProperty(table, ([rows, width, ids]) => expectSameOnBothEngines(embedCase(rows, width, ids), 1e-6)),
      { numRuns: 12, seed: 1 },
    );
  });
});

describe('pickRows', () => {
  it('has the gradients of finite differences: those of rows that are not picked are 0', async () => {
    const operandCase = pickCase([2, 0, 3, 1], 2, 3);
    await expectGradient(operandCase, { step: 0.5, tolerance: 1e-6 });
    const { x = [] } = await gradientsOf(operandCase, new Float32Array(6).fill(1), await onnxEngine());
    expect([...x]).to.deep.equal([1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0]);
  });

  it('has the same values and gradients traced, for any rows', async () => {
    const rows = fc.integer({ min: 1, max: 8 }).chain((count) =>
      fc.tuple(
        fc.shuffledSubarray(
          Array.from({ length: count }, (_, row) => row),
          { minLength: count },
        ),
        fc.integer({ min: 1, max: count }),
        fc.integer({ min: 1, max: 4 }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(rows, ([order, count, width]) => expectSameOnBothEngines(pickCase(order, count, width), 0)),
      { numRuns: 12, seed: 1 },
    );
  });
});

describe('placeRows', () => {
  /** Each row at one of the places, which are all different. */
  const placeCase = (places: readonly number[], count: number, width: number): OperandCase => {
    const rows = Array.from({ length: count }, (_, place) => {
      const row = places.indexOf(place);
      return row < 0 ? places.length : row;
    });
    return {
      operands: { x: drawOperand([places.length, width], 1) },
      compute: (given) => placeRows(named(given, 'x'), tf.tensor1d(rows, 'int32'), tf.tensor1d([...places], 'int32')),
    };
  };

  it('puts each row at its place, and zeros elsewhere', async () => {
    const { compute } = placeCase([3, 0], 4, 2);
    const operandCase = { operands: { x: operandOf([2, 2], [1, 2, 3, 4]) }, compute };
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expect([...(await outputOf(operandCase, engine))]).to.deep.equal([3, 4, 0, 0, 0, 0, 1, 2]);
    }
  });

  it('has the gradients of finite differences, and the same traced', async () => {
    await expectGradient(placeCase([2, 0, 4], 6, 2), { step: 0.5, tolerance: 1e-6 });
    await expectSameOnBothEngines(placeCase([2, 0, 4], 6, 3), 1e-6);
    await expectSameOnBothEngines(placeCase([1, 0], 2, 3), 1e-6);
  });
});
