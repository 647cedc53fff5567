import { expect } from 'chai';
import { named } from '../../lib/operations/operation.js';
import { windowMeans } from '../../lib/operations/window-means.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectSameOnBothEngines } from './both-engines.js';
import { expectGradient } from './finite-differences.js';
import { drawOperand, type OperandCase, outputOf, referenceEngine } from './operand-case.js';
import * as tf from '@tensorflow/tfjs';

const meansOf = (shape: readonly number[], window: number): OperandCase => ({
  operands: { x: drawOperand(shape, 1) },
  compute: (given) => windowMeans(named(given, 'x'), window),
});

describe('windowMeans', () => {
  for (const window of [1, 2, 3, 4]) {
    it(`means the numbers of each window of ${window} × ${window}`, async () => {
      const operandCase = meansOf([2, 5, 4], window);
      const x = operandCase.operands['x']?.values ?? [];
      const wanted: number[] = [];
      for (let plane = 0; plane < 2; plane++) {
        for (let row = 0; row + window <= 5; row++) {
          for (let column = 0; column + window <= 4; column++) {
            let sum = 0;
            for (let y = row; y < row + window; y++) {
              for (let z = column; z < column + window; z++) sum += x[(plane * 5 + y) * 4 + z] ?? Number.NaN;
            }
            wanted.push(sum / window ** 2);
          }
        }
      }
      const means = [...(await outputOf(operandCase, referenceEngine()))];
      expect(means).to.have.length(wanted.length);
      for (const [index, value] of wanted.entries()) expect(means[index]).to.be.closeTo(value, 1e-6);
    });
  }

  it('has the gradients of finite differences, and the same traced', async () => {
    await expectGradient(meansOf([2, 5, 4], 3), { step: 0.5, tolerance: 1e-5 });
    await expectSameOnBothEngines(meansOf([3, 9, 8], 7), 1e-6);
  });

  it('refuses a window that does not fit', () => {
    for (const window of [0, 5]) {
      expect(() => onCpu(() => [windowMeans(tf.zeros([1, 5, 4]), window)])).to.throw(RangeError, `got ${window}`);
    }
  });
});
