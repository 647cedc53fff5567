import { expect } from 'chai';
import fc from 'fast-check';
import { createRandom } from '../../lib/clip/random.js';
import {
  countVectors,
  findNearest,
  normaliseVectors,
  voteOfNeighbours,
} from '../../lib/measures/nearest-neighbours.js';

describe('nearest-neighbours', () => {
  it('brings vectors to the length 1, and leaves zeros', () => {
    const { values } = normaliseVectors({ values: Float32Array.of(3, 4, 0, 0, 0, -2), width: 2 });
    const expected = [0.6, 0.8, 0, 0, 0, -1];
    for (const [index, value] of expected.entries()) expect(values[index]).to.be.closeTo(value, 1e-6);
  });

  it('finds what sorting all cosines finds', () => {
    const cases = fc.record({
      rows: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 9 }),
      count: fc.integer({ min: 1, max: 50 }),
      seed: fc.integer({ min: 0, max: 1000 }),
    });
    fc.assert(
      fc.property(cases, ({ rows, width, count, seed }) => {
        const random = createRandom(seed, 'neighbours');
        const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
        const among = normaliseVectors({ values: draw(rows * width), width });
        const { values: query } = normaliseVectors({ values: draw(width), width });
        expect(countVectors(among)).to.equal(rows);
        const all = Array.from({ length: rows }, (_, row) => ({
          row,
          cosine: query.reduce((sum, value, index) => sum + value * (among.values[row * width + index] ?? 0), 0),
        })).sort((one, other) => other.cosine - one.cosine);
        const found = findNearest(among, query, count);
        expect(found).to.have.length(Math.min(rows, count));
        for (const [place, { cosine }] of found.entries())
          expect(cosine).to.be.closeTo(all[place]?.cosine ?? NaN, 1e-5);
        const even = findNearest(among, query, count, (row) => row % 2 === 0);
        expect(even.every(({ row }) => row % 2 === 0)).to.equal(true);
        expect(even).to.have.length(Math.min(count, Math.ceil(rows / 2)));
      }),
    );
  });

  it('lets near ones vote more, by the temperature', () => {
    const nearest = [
      { row: 0, cosine: 0.9 },
      { row: 1, cosine: 0.8 },
      { row: 2, cosine: 0.8 },
    ];
    const vote = (temperature: number) => [...voteOfNeighbours(nearest, Int32Array.of(0, 1, 1), 3, temperature)];
    const weight = Math.exp(-0.1 / 0.07);
    const expected = [1 / (1 + 2 * weight), (2 * weight) / (1 + 2 * weight), 0];
    for (const [label, value] of vote(0.07).entries()) expect(value).to.be.closeTo(expected[label] ?? NaN, 1e-6);
    // Where all are as good, the many win; where the nearest alone counts, it wins.
    expect(vote(100)[1]).to.be.above(0.6);
    expect(vote(0.001)[0]).to.be.closeTo(1, 1e-6);
  });
});
