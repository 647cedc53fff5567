import { expect } from 'chai';
import { drop } from '../../lib/masking/drop.js';
import { hiddenFrames } from '../../lib/masking/hidden-pixels.js';
import { planHide, planManyHides } from './plan-hide.js';

describe('drop', () => {
  it('hides its share of the time steps, wholly, and every choice of them comes up', () => {
    const chosen = new Set(planManyHides('drop:0.5', 300).map((plan) => hiddenFrames(plan).join(' ')));
    expect(chosen.size).to.equal(6);
    for (const frames of chosen) expect(frames.split(' ')).to.have.length(4);
  });

  it('takes its share of what the other parts leave free', () => {
    // Steps 2 and 3 are the future; a half of the other two is dropped.
    const chosen = new Set(planManyHides('drop:0.5+future:4', 100).map((plan) => hiddenFrames(plan).join(' ')));
    expect([...chosen].sort()).to.deep.equal(['0 1 4 5 6 7', '2 3 4 5 6 7']);
  });

  it('keeps away from the frames of a box', () => {
    for (const plan of planManyHides('drop:0.5+box:0,0,4,4@0-3', 100)) {
      expect(['4 5', '6 7']).to.include(hiddenFrames(plan).join(' '));
    }
  });

  it('may drop any frame where a box stands in all of them', () => {
    const chosen = new Set(planManyHides('drop:0.25+box:0,0,4,4@0-7', 200).map((plan) => hiddenFrames(plan).join(' ')));
    expect(chosen.size).to.equal(4);
  });

  it('says so where its share is nothing, or nothing is left', () => {
    expect(() => planHide('drop:0.1')).to.throw('less than half of one of the 4 time steps');
    expect(() => planHide('drop:0.5+box:0,0,4,4@0-5+box:4,0,4,4@6-7')).to.throw('no time steps');
  });

  for (const argument of [undefined, '', '0', '1', '1.2', '-0.5', '50%', '0.', 'NaN', '1e-1']) {
    it(`refuses ${JSON.stringify(argument)}`, () => {
      expect(() => drop.parse(argument, 'drop')).to.throw('share above 0 and below 1');
    });
  }
});
