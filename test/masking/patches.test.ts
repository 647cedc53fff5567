import { expect } from 'chai';
import { patches } from '../../lib/masking/patches.js';
import { planHide, planManyHides } from './plan-hide.js';

describe('patches', () => {
  it('hides its share of the tokens, each about as often as any other', () => {
    const counts = new Int32Array(48);
    for (const plan of planManyHides('patches:0.75', 1000)) {
      expect(plan.hidden.length).to.equal(36);
      for (const token of plan.hidden) counts[token] = (counts[token] ?? 0) + 1;
    }
    for (const count of counts) expect(count).to.be.within(680, 820);
  });

  it('takes its share of what the other parts leave visible, rounded to the nearest', () => {
    // 24 tokens are the future; a third of the other 24 makes 8.
    expect(planHide('patches:0.34+future:4').hidden.length).to.equal(24 + 8);
    expect(planHide('future:4+patches:0.34').hidden.length).to.equal(24 + 8);
  });

  it('says so where its share is nothing', () => {
    expect(() => planHide('patches:0.01')).to.throw('less than half of one of the 48 patches');
  });

  it('reads a share with and without its zero', () => {
    expect(patches.parse('.75', 'patches:.75')).to.deep.equal({ kind: 'patches', share: 0.75 });
    expect(() => patches.parse('1', 'patches:1')).to.throw('share above 0 and below 1, got "1"');
  });
});
