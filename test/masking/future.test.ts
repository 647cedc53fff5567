import { expect } from 'chai';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { future } from '../../lib/masking/future.js';
import { hiddenFrames } from '../../lib/masking/hidden-pixels.js';
import { planHide } from './plan-hide.js';

describe('future', () => {
  it('hides the last frames, rounded outward to tubelets', () => {
    expect(hiddenFrames(planHide('future:4'))).to.deep.equal([4, 5, 6, 7]);
    expect(hiddenFrames(planHide('future:3'))).to.deep.equal([4, 5, 6, 7]);
    expect(hiddenFrames(planHide('future:1'))).to.deep.equal([6, 7]);
  });

  it('hides nothing else', () => {
    // 2 steps of 3 × 4 places.
    expect(Array.from(planHide('future:4').hidden)).to.deep.equal(Array.from({ length: 24 }, (_, index) => 24 + index));
  });

  it('needs a frame before it', () => {
    const grid = createTokenGrid({ frames: 8, height: 4, width: 4, channels: 3 }, { frames: 2, size: 4 });
    expect(() => future.check({ kind: 'future', frames: 8 }, grid)).to.throw('at most the last 7');
    future.check({ kind: 'future', frames: 7 }, grid);
  });

  for (const argument of [undefined, '', '0', '-1', '1.5', 'x', '8 ']) {
    it(`refuses ${JSON.stringify(argument)}`, () => {
      expect(() => future.parse(argument, `future:${argument ?? ''}`)).to.throw('whole number of frames');
    });
  }
});
