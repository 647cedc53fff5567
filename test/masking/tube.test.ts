import { expect } from 'chai';
import { tube } from '../../lib/masking/tube.js';
import { planHide, planManyHides } from './plan-hide.js';

const places = 12;

describe('tube', () => {
  it('hides its share of the places through all steps', () => {
    const chosen = new Set<number>();
    for (const plan of planManyHides('tube:0.5', 100)) {
      const first = Array.from(plan.hidden).filter((token) => token < places);
      expect(first).to.have.length(6);
      for (const step of [1, 2, 3]) {
        const later = Array.from(plan.hidden).filter((token) => Math.floor(token / places) === step);
        expect(later.map((token) => token - step * places)).to.deep.equal(first);
      }
      for (const place of first) chosen.add(place);
    }
    expect(chosen.size).to.equal(places);
  });

  it('stands beside whole frames and keeps away from boxes', () => {
    // 2 steps of 12; a box of 2 places in 1 step; round(0.5 · 10) places in the 2 steps that are not hidden.
    for (const plan of planManyHides('tube:0.5+future:4+box:0,0,8,4@0-1', 50)) {
      expect(plan.hidden.length).to.equal(24 + 2 + 2 * 5);
      expect(plan.hidden.includes(places)).to.equal(false);
      expect(plan.hidden.includes(places + 1)).to.equal(false);
    }
  });

  it('refuses what is no share, and says where its share is nothing', () => {
    expect(() => tube.parse('2', 'tube:2')).to.throw('share above 0 and below 1, got "2"');
    expect(() => planHide('tube:0.01')).to.throw('less than half of one of the 12 places');
  });
});
