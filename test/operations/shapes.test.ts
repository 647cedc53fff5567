import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { broadcastShapes, isSameShape } from '../../lib/operations/shapes.js';

describe('shapes', () => {
  it('broadcasts shapes as tfjs does, for any two', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(shape, shape, (one, other) => {
        let expected: number[] | undefined;
        try {
          expected = tf.broadcast_util.assertAndGetBroadcastShape(one, other);
        } catch {
          expect(() => broadcastShapes(one, other)).to.throw(RangeError, 'do not broadcast');
          return;
        }
        expect(broadcastShapes(one, other)).to.deep.equal(expected);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('tells shapes apart', () => {
    expect(isSameShape([], [])).to.be.true;
    expect(isSameShape([2, 3], [2, 3])).to.be.true;
    expect(isSameShape([2, 3], [3, 2])).to.be.false;
    expect(isSameShape([2], [2, 1])).to.be.false;
  });
});
