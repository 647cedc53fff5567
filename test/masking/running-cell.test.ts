import { expect } from 'chai';
import fc from 'fast-check';
import { createRandom } from '../../lib/clip/random.js';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { chooseScored } from '../../lib/masking/running-cell.js';

/** 8 steps of 4 × 6 places, in single pixels. */
const grid = createTokenGrid({ frames: 8, height: 4, width: 6, channels: 3 }, { frames: 1, size: 1 });
const everything = Int32Array.from({ length: grid.tokens }, (_, token) => token);
const choose = (hidden: Int32Array, share: number, seed: number) =>
  chooseScored(hidden, grid, share, createRandom(seed, 'running cell'));

/** Of each step the places of its upper left cell that are scored: 0 1 above 2 3. */
function upperLeftCell(scored: Int32Array): string[] {
  const places = [0, 1, 6, 7];
  return Array.from({ length: 8 }, (_, step) =>
    places.flatMap((place, index) => (scored.includes(step * 24 + place) ? [index] : [])).join(''),
  );
}

describe('chooseScored', () => {
  it('goes through the places of each cell from step to step, two at a time where half is scored', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const cells = upperLeftCell(choose(everything, 0.5, seed).scored);
      expect(cells.slice(0, 4)).to.deep.equal(cells.slice(4));
      // Turns 0 and 1 of (place + step + a) mod 4.
      const start = ['01', '03', '23', '12'].indexOf(cells[0] ?? '');
      expect(start).to.be.at.least(0);
      expect(cells.slice(0, 4)).to.deep.equal([0, 1, 2, 3].map((step) => ['01', '03', '23', '12'][(start + step) % 4]));
      seen.add(cells.join(' '));
    }
    expect(seen.size).to.equal(4);
  });

  it('lays out every step in the same cells', () => {
    const { scored } = choose(everything, 0.25, 3);
    expect(scored).to.have.length(48);
    for (const token of scored) {
      const [step, row, column] = [Math.floor(token / 24), Math.floor((token % 24) / 6), token % 6];
      const cell = step * 24 + (row % 2) * 6 + (column % 2);
      expect(scored.includes(cell)).to.equal(true);
    }
  });

  it('splits what is hidden into two sorted parts of which the first has exactly its share', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(grid.tokens - 1), { minLength: 1 }),
        fc.integer({ min: 1, max: 99 }).map((hundredths) => hundredths / 100),
        fc.integer(),
        (tokens, share, seed) => {
          const hidden = Int32Array.from(tokens).sort();
          const { scored, unused } = choose(hidden, share, seed);
          expect(scored).to.have.length(Math.max(1, Math.round(share * hidden.length)));
          for (const part of [scored, unused]) expect(part).to.deep.equal(part.slice().sort());
          expect(Int32Array.from([...scored, ...unused]).sort()).to.deep.equal(hidden);
        },
      ),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('draws what is left over from the last turn that is needed', () => {
    const chosen = new Set<string>();
    for (let seed = 0; seed < 50; seed++) chosen.add(choose(everything, 0.1, seed).scored.join(' '));
    expect(chosen.size).to.equal(50);
    // 0.1 of 192 tokens, all of one of four turns.
    const { scored } = choose(everything, 0.1, 0);
    expect(scored).to.have.length(19);
    const quarter = new Set(choose(everything, 0.25, 0).scored);
    expect(Array.from(scored).every((token) => quarter.has(token))).to.equal(true);
  });
});
