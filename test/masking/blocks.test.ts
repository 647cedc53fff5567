import { expect } from 'chai';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { blocks } from '../../lib/masking/blocks.js';
import { planManyHides } from './plan-hide.js';

const places = 16 * 16;
const grid = createTokenGrid({ frames: 2, height: 64, width: 64, channels: 3 }, { frames: 1, size: 4 });

describe('blocks', () => {
  it('covers exactly three quarters of the places, through all steps', () => {
    for (const plan of planManyHides('blocks', 200, grid)) {
      const first = Array.from(plan.hidden).filter((token) => token < places);
      expect(first).to.have.length(192);
      expect(Array.from(plan.hidden).slice(192)).to.deep.equal(first.map((token) => token + places));
    }
  });

  it('hides in blocks: far fewer edges than single patches have', () => {
    const edges = (expression: string) => {
      let count = 0;
      for (const { hidden } of planManyHides(expression, 50, grid)) {
        const set = new Set(hidden);
        for (const token of hidden) if (token % 16 !== 15 && !set.has(token + 1)) count++;
      }
      return count;
    };
    expect(edges('blocks')).to.be.lessThan(edges('tube:0.75') / 2);
  });

  it('leaves each place visible now and then', () => {
    const seen = new Set(planManyHides('blocks', 300, grid).flatMap(({ visible }) => Array.from(visible)));
    expect(seen.size).to.equal(grid.tokens);
  });

  it('covers three quarters of what a box leaves free', () => {
    for (const plan of planManyHides('blocks+box:0,0,32,64@0-0', 50, grid)) {
      expect(plan.hidden.length).to.equal(128 + 2 * 96);
    }
  });

  it('takes nothing after it', () => {
    expect(blocks.parse(undefined, 'blocks')).to.deep.equal({ kind: 'blocks' });
    expect(() => blocks.parse('3', 'blocks:3')).to.throw('takes nothing after it');
  });
});
