import { expect } from 'chai';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { createRandom } from '../../lib/clip/random.js';
import { blocks } from '../../lib/masking/blocks.js';
import { formatHide, parseHide } from '../../lib/masking/hide-expression.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { planManyHides } from './plan-hide.js';

const places = 16 * 16;
const grid = createTokenGrid({ frames: 2, height: 64, width: 64, channels: 3 }, { frames: 1, size: 4 });

const placesHidden = ({ hidden }: MaskPlan) => Array.from(hidden).filter((token) => token < places);

describe('blocks', () => {
  it('covers what its blocks cover on average, exactly, through all steps', () => {
    // 8 blocks of 6 × 6 places or so in 16 × 16, and 2 of 13 × 13 or so.
    for (const [expression, count] of [
      ['blocks', 160],
      ['blocks:short', 160],
      ['blocks:long', 215],
      ['blocks:1x0.25', 64],
    ] as const) {
      for (const plan of planManyHides(expression, 100, grid)) {
        const first = placesHidden(plan);
        expect(first, expression).to.have.length(count);
        expect(Array.from(plan.hidden).slice(count)).to.deep.equal(first.map((token) => token + places));
      }
    }
  });

  it('hides as many places as blocks that are drawn and counted by themselves do on average', () => {
    const random = createRandom(1, 'drawn blocks');
    for (const [count, share, expression] of [
      [8, 0.15, 'blocks'],
      [2, 0.7, 'blocks:long'],
      [5, 0.3, 'blocks:5x0.3'],
    ] as const) {
      let covered = 0;
      for (let draw = 0; draw < 2000; draw++) {
        const union = new Set<number>();
        for (let block = 0; block < count; block++) {
          const aspect = 0.75 * 2 ** random.uniform();
          const [height, width] = [
            Math.round(16 * Math.sqrt(share * aspect)),
            Math.round(16 * Math.sqrt(share / aspect)),
          ];
          const [top, left] = [random.integer(17 - Math.min(16, height)), random.integer(17 - Math.min(16, width))];
          for (let at = 0; at < Math.min(16, height) * Math.min(16, width); at++) {
            union.add((top + Math.floor(at / Math.min(16, width))) * 16 + left + (at % Math.min(16, width)));
          }
        }
        covered += union.size;
      }
      const [plan] = planManyHides(expression, 1, grid);
      expect(plan && placesHidden(plan).length, expression).to.be.closeTo(covered / 2000, 2);
    }
  });

  it('is a block of the size and the aspect asked for, where there is only one', () => {
    const sides = new Set<string>();
    for (const plan of planManyHides('blocks:1x0.25', 200, grid)) {
      const hidden = placesHidden(plan);
      const rows = new Set(hidden.map((place) => Math.floor(place / 16)));
      const columns = new Set(hidden.map((place) => place % 16));
      sides.add(`${rows.size} ${columns.size}`);
    }
    // √(64 · a) for a from 0.75 to 1.5, cut off or begun again at 64 places.
    expect([...sides]).to.include.members(['8 8', '10 7']);
    expect([...sides].filter((side) => side.endsWith(' 9'))).not.to.have.length(0);
    for (const side of sides) for (const length of side.split(' ')) expect(Number(length)).to.be.within(7, 10);
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
    expect(edges('blocks')).to.be.lessThan(edges('tube:0.63') / 2);
    expect(edges('blocks:long')).to.be.lessThan(edges('tube:0.84') / 2);
  });

  it('leaves each place visible now and then', () => {
    const seen = new Set(planManyHides('blocks', 300, grid).flatMap(({ visible }) => Array.from(visible)));
    expect(seen.size).to.equal(grid.tokens);
  });

  it('covers the same share of what a box leaves free', () => {
    // 160 of 256 are 0.625.
    for (const plan of planManyHides('blocks+box:0,0,32,64@0-0', 50, grid)) {
      expect(plan.hidden.length).to.equal(128 + 2 * 80);
    }
  });

  it('reads what stands after it, and writes it as it is read', () => {
    expect(parseHide('blocks')).to.deep.equal(parseHide('blocks:8x0.15'));
    expect(parseHide('blocks:long')).to.deep.equal([{ kind: 'blocks', count: 2, share: 0.7 }]);
    for (const [written, formatted] of [
      ['blocks:short', 'blocks'],
      ['blocks', 'blocks'],
      ['blocks:long', 'blocks:2x0.7'],
      ['blocks:12x.05', 'blocks:12x0.05'],
    ] as const) {
      expect(formatHide(parseHide(written))).to.equal(formatted);
      expect(parseHide(formatted)).to.deep.equal(parseHide(written));
    }
    for (const argument of ['3', '', '0x0.5', '101x0.1', '2x1', '2x0', 'x0.5', '2x', 'lon', '-1x0.5', '1.5x0.5']) {
      expect(() => blocks.parse(argument, 'blocks'), argument).to.throw('needs 1 to 100 blocks');
    }
  });
});
