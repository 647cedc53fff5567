import { expect } from 'chai';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { gap } from '../../lib/masking/gap.js';
import { hiddenFrames } from '../../lib/masking/hidden-pixels.js';
import { planHide, planManyHides, smallGrid } from './plan-hide.js';

const longGrid = createTokenGrid({ frames: 10, height: 4, width: 4, channels: 3 }, { frames: 1, size: 4 });

/** How often each list of hidden frames came up. */
function countFrames(expression: string, seeds: number, grid = longGrid): Map<string, number> {
  const counts = new Map<string, number>();
  for (const plan of planManyHides(expression, seeds, grid)) {
    const frames = hiddenFrames(plan).join(' ');
    counts.set(frames, (counts.get(frames) ?? 0) + 1);
  }
  return counts;
}

describe('gap', () => {
  it('hides the frames that are named, both ends included, rounded outward to tubelets', () => {
    expect(hiddenFrames(planHide('gap:2-3'))).to.deep.equal([2, 3]);
    expect(hiddenFrames(planHide('gap:3-4'))).to.deep.equal([2, 3, 4, 5]);
    expect(hiddenFrames(planHide('gap:0-0'))).to.deep.equal([0, 1]);
  });

  it('lies anywhere between visible frames, each place equally often', () => {
    const counts = countFrames('gap:7', 1000);
    expect([...counts.keys()].sort()).to.deep.equal(['1 2 3 4 5 6 7', '2 3 4 5 6 7 8']);
    for (const count of counts.values()) expect(count).to.be.within(430, 570);
    expect(countFrames('gap:3', 1000).size).to.equal(6);
  });

  it('keeps several gaps apart, in any order, all ways equally often', () => {
    // 10 frames with a gap of 2 and one of 4 and a visible frame before, between and after: 1 spare frame in 3 places.
    const counts = countFrames('gap:2+gap:4', 3000);
    expect([...counts.keys()].sort()).to.deep.equal(
      ['1 2 4 5 6 7', '1 2 5 6 7 8', '2 3 5 6 7 8', '1 2 3 4 6 7', '1 2 3 4 7 8', '2 3 4 5 7 8'].sort(),
    );
    for (const count of counts.values()) expect(count).to.be.within(420, 580);
  });

  it('stays clear of what is fixed', () => {
    // A visible frame before the future; the named gap at 4 needs none beside it but is no neighbour of another gap either.
    const counts = countFrames('gap:1+gap:4-4+future:2', 500);
    expect([...counts.keys()].sort()).to.deep.equal(['1 4 8 9', '2 4 8 9', '4 6 8 9']);
  });

  it('falls back on the order as written where the other order does not fit', () => {
    // Before the missing frame 3 a gap of 1 fits, after it one of 4, and never the other way round.
    expect([...countFrames('gap:1+gap:4+gap:3-3', 200).keys()].sort()).to.deep.equal(['1 3 5 6 7 8']);
  });

  it('says so where a gap does not fit', () => {
    expect(() => planHide('gap:6')).to.throw('a gap of at most 4 frames fits');
    expect(() => planHide('gap:4+gap:4', 0, longGrid)).to.throw(
      'does not fit between visible frames beside the other parts in this order;',
    );
    const short = createTokenGrid({ frames: 4, height: 4, width: 4, channels: 3 }, { frames: 2, size: 4 });
    expect(() => gap.check({ kind: 'gap', frames: 1 }, short)).to.throw('use future:F');
    expect(() => gap.check({ kind: 'gap', first: 3, last: 8 }, smallGrid)).to.throw('frames 0 to 7');
  });

  for (const argument of [undefined, '', '0', '3-', '-3', '1-2-3', 'a-b']) {
    it(`refuses ${JSON.stringify(argument)}`, () => {
      expect(() => gap.parse(argument, 'gap')).to.throw('whole number of frames');
    });
  }

  it('refuses frames that end before they begin', () => {
    expect(() => gap.parse('9-4', 'gap:9-4')).to.throw('ends before it begins');
  });
});
