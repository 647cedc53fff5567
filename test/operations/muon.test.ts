import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { muon, orthogonalise } from '../../lib/operations/muon.js';
import { onCpu } from '../engine/on-cpu.js';
import { drawNumbers } from '../engine/small-model.js';

const sizes = [
  [8, 20],
  [20, 8],
  [1, 5],
  [6, 6],
] as const;

describe('orthogonalise', () => {
  for (const [rows, columns] of sizes) {
    it(`brings the singular values of ${rows} × ${columns} near 1, and keeps their directions`, () => {
      const [values = []] = onCpu(() => {
        const x = tf.tensor2d(drawNumbers(rows * columns, 3, 1e-4), [rows, columns]);
        const [y = x] = orthogonalise([x]);
        const wide = rows > columns ? tf.transpose(y) : y;
        // The eigenvalues of Y Yᵀ lie within the bounds if those of Y Yᵀ less their middle are small.
        const square = tf.matMul(wide, wide, false, true);
        const least = Math.min(rows, columns);
        const away = tf.sub(square, tf.mul(tf.eye(least), 0.97));
        // With X = U S Vᵀ and Y = U T Vᵀ, X Yᵀ = U S T Uᵀ is symmetric.
        const joint = rows > columns ? tf.matMul(x, y, true, false) : tf.matMul(x, y, false, true);
        return [
          tf.stack([
            largest(tf.reshape(away, [least, least])),
            tf
              .max(tf.abs(tf.sub(joint, tf.transpose(joint))))
              .as1D()
              .asScalar(),
          ]),
        ];
      });
      expect(values[0]).to.be.below(0.53);
      expect(values[1]).to.be.below(1e-8);
    });
  }

  it('leaves zeros', () => {
    expect(onCpu(() => orthogonalise([tf.zeros([3, 4])]))[0]).to.deep.equal(new Array(12).fill(0));
  });

  it('gives each of many what it gives it alone, in their order', () => {
    // More squares of 64 × 64 than are worked out together.
    const many = [...sizes, ...sizes, ...Array.from({ length: 65 }, () => [64, 64] as const)];
    const draw = (index: number) => {
      const [rows = 1, columns = 1] = many[index] ?? [];
      return tf.tensor2d(drawNumbers(rows * columns, index), [rows, columns]);
    };
    const together = onCpu(() => orthogonalise(many.map((_, index) => draw(index))));
    expect(together).to.have.length(many.length);
    for (const index of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70, 71, 72]) {
      const [alone] = onCpu(() => orthogonalise([draw(index)]));
      expect(together[index], `${index}`).to.deep.equal(alone);
    }
  });
});

/** The largest eigenvalue of a symmetric matrix, without its sign, by powers. */
function largest(matrix: tf.Tensor2D): tf.Tensor {
  const [size] = matrix.shape;
  let x: tf.Tensor = tf.tensor2d(drawNumbers(size, 4), [size, 1]);
  for (let round = 0; round < 200; round++) {
    const next = tf.matMul(matrix, x);
    x = tf.div(next, tf.add(tf.norm(next), 1e-12));
  }
  return tf.norm(tf.matMul(matrix, x));
}

describe('muon', () => {
  type Changes = { gradients?: number[]; clip?: number; isSound?: boolean; rate?: number; decay?: number };
  const update = (changes: Changes = {}) => {
    const { gradients = [3, 0, 0, 4], clip = 1, isSound = true, rate = 0.1, decay = 0.25 } = changes;
    const [parameters = [], moments1 = []] = onCpu(() => {
      const given = { parameters: tf.tensor1d([4, 0, 0, -8]), moments1: tf.tensor1d([1, 0, 0, 1]) };
      const scalars = {
        rate: tf.scalar(rate),
        decay: tf.scalar(decay),
        clip: tf.scalar(clip),
        isSound: tf.scalar(isSound, 'bool'),
      };
      const shape = [2, 2] as const;
      const next = muon([{ ...given, gradients: tf.tensor1d(gradients), ...scalars, shape }], { beta1: 0.9 });
      return next.flatMap((each) => [each.parameters, each.moments1]);
    });
    return { parameters, moments1 };
  };

  it('keeps the mean of the gradients', () => {
    const { moments1 } = update();
    for (const [index, value] of [1.2, 0, 0, 1.3].entries()) expect(moments1[index]).to.be.closeTo(value, 1e-6);
  });

  it('takes as much of clipped gradients into the mean as is left of them', () => {
    const { moments1 } = update({ gradients: [3000, 0, 0, 4000], clip: 1e-3 });
    for (const [index, value] of [1.2, 0, 0, 1.3].entries()) expect(moments1[index]).to.be.closeTo(value, 1e-6);
  });

  it('moves along singular vectors by about a fifth of the rate times √max(O, I), whatever the size of the gradients', () => {
    for (const size of [1, 1e-6, 1e6]) {
      const { parameters } = update({ gradients: [30 * size, 0, 0, 30 * size], decay: 0 });
      const step = 0.1 * 0.2 * Math.SQRT2;
      expect((4 - (parameters[0] ?? 0)) / step, `${size}`).to.be.within(0.68, 1.2);
      expect((-8 - (parameters[3] ?? 0)) / step, `${size}`).to.be.within(0.68, 1.2);
      expect([parameters[1], parameters[2]]).to.deep.equal([0, 0]);
    }
  });

  it('shrinks the weights apart from that', () => {
    expect(update({ rate: 0 }).parameters).to.deep.equal([3, 0, 0, -6]);
  });

  it('changes nothing where the gradients are not sound', () => {
    for (const gradients of [
      [Number.NaN, 0, 0, 0],
      [Infinity, 0, 0, 0],
    ]) {
      expect(update({ gradients, clip: Number.NaN, isSound: false })).to.deep.equal({
        parameters: [4, 0, 0, -8],
        moments1: [1, 0, 0, 1],
      });
    }
  });
});
