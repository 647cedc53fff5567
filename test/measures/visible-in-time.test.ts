import { expect } from 'chai';
import fc from 'fast-check';
import { pixelMask } from '../../lib/masking/hidden-pixels.js';
import { findVisibleInTime } from '../../lib/measures/visible-in-time.js';
import { drawnPlans, drawPlan } from './drawn-plan.js';

describe('findVisibleInTime', () => {
  it('gives each pixel the nearest frames in which its place is visible, or −1', () => {
    // The places, from left to right: visible at both ends, never, in the middle, and with an unused pixel on the way.
    const plan = drawPlan(['.##.', '##.-', '###-', '.-##']);
    const { before, after } = findVisibleInTime(plan);
    expect([...before]).to.deep.equal([0, -1, -1, 0, 0, -1, 1, 0, 0, -1, 1, 0, 3, -1, 1, 0]);
    expect([...after]).to.deep.equal([0, -1, 1, 0, 3, -1, 1, -1, 3, -1, -1, -1, 3, -1, -1, -1]);
  });

  it('agrees with a search through all frames', () => {
    fc.assert(
      fc.property(drawnPlans, (plan) => {
        const { frames, height, width } = plan.grid.clip;
        const pixels = height * width;
        const visible = pixelMask(plan, 'visible');
        const { before, after } = findVisibleInTime(plan);
        expect([before.length, after.length]).to.deep.equal([visible.length, visible.length]);
        for (let pixel = 0; pixel < visible.length; pixel++) {
          const seen = Array.from({ length: frames }, (_, frame) => frame).filter(
            (frame) => visible[frame * pixels + (pixel % pixels)] === 1,
          );
          const frame = Math.floor(pixel / pixels);
          expect(before[pixel]).to.equal(seen.findLast((other) => other <= frame) ?? -1);
          expect(after[pixel]).to.equal(seen.find((other) => other >= frame) ?? -1);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
