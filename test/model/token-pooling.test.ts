import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { tokenPoolingNames } from '../../lib/model/model-config.js';
import { pooledShape, poolTokens } from '../../lib/model/token-pooling.js';
import { onCpu } from '../engine/on-cpu.js';

const layout = { steps: 2, rows: 1, columns: 3, width: 2 };
/** A token `[step, column]` is `[10 · step + column, 1]`. */
const clip = [0, 1, 2, 10, 11, 12].flatMap((value) => [value, 1]);

describe('token-pooling', () => {
  const pooled = (pooling: (typeof tokenPoolingNames)[number]) =>
    onCpu(() => [poolTokens(tf.tensor3d([...clip, ...clip.map((value) => -value)], [2, 6, 2]), layout, pooling)])[0];

  it('gives the mean of all tokens, of those of each step, or each of them', () => {
    expect(pooled('mean')).to.deep.equal([6, 1, -6, -1]);
    expect(pooled('frames')).to.deep.equal([1, 1, 11, 1, -1, -1, -11, -1]);
    expect(pooled('tokens')).to.deep.equal([...clip, ...clip.map((value) => -value)]);
  });

  it('gives the means of parts of the picture, 4 × 4 where there are as many tokens', () => {
    // One row of three tokens: three parts, over both steps.
    expect(pooled('grid')).to.deep.equal([5, 1, 6, 1, 7, 1, -5, -1, -6, -1, -7, -1]);
    const large = { steps: 1, rows: 6, columns: 4, width: 1 };
    const rows = Array.from({ length: 24 }, (_, token) => Math.floor(token / 4));
    const [values = []] = onCpu(() => [poolTokens(tf.tensor3d(rows, [1, 24, 1]), large, 'grid')]);
    const bands = [0.5, 2, 3.5, 5];
    expect(pooledShape(large, 'grid')).to.deep.equal([16]);
    for (const [part, value] of values.entries()) expect(value).to.be.closeTo(bands[Math.floor(part / 4)] ?? NaN, 1e-6);
  });

  for (const pooling of tokenPoolingNames) {
    it(`says the shape of ${pooling}`, () => {
      const length = pooledShape(layout, pooling).reduce((product, size) => product * size, 1);
      expect(pooled(pooling)).to.have.length(2 * length);
    });
  }
});
