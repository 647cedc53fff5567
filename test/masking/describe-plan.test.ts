import { expect } from 'chai';
import { describePlan } from '../../lib/masking/describe-plan.js';
import { planHide, smallGrid } from './plan-hide.js';

describe('describePlan', () => {
  for (const [expression, words] of [
    ['future:4', 'hides 4 of 8 frames'],
    ['patches:0.75', 'hides 36 of 48 patches'],
    ['patches:0.5+gap:2', 'hides 2 of 8 frames and 18 of 36 patches of the others'],
  ] as const) {
    it(`says what ${expression} hides`, () => {
      expect(describePlan(planHide(expression))).to.equal(words);
    });
  }

  it('says so where nothing is hidden', () => {
    const nothing = {
      grid: smallGrid,
      visible: new Int32Array(48),
      hidden: new Int32Array(),
      unused: new Int32Array(),
    };
    expect(describePlan(nothing)).to.equal('hides nothing');
  });
});
