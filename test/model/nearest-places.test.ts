import { expect } from 'chai';
import fc from 'fast-check';
import { chooseNearest, neighbourCount } from '../../lib/model/nearest-places.js';

type Grid = { readonly rows: number; readonly columns: number };

function choose(known: readonly number[], grid: Grid, start = 0) {
  const places = new Int32Array(known.length * neighbourCount);
  const weights = new Float32Array(places.length);
  chooseNearest(Uint8Array.from(known), grid, { places, weights, start });
  const of = (place: number) => {
    const chosen = new Map<number, number>();
    for (let index = place * neighbourCount; index < (place + 1) * neighbourCount; index++) {
      const weight = weights[index] ?? Number.NaN;
      if (weight !== 0) chosen.set((places[index] ?? -1) - start, weight);
    }
    return chosen;
  };
  return { of, places };
}

/** The squared distance of the nearest known place in each quarter, by looking at all. */
function nearestOfQuarters(known: readonly number[], { columns }: Grid, place: number): Map<number, number> {
  const nearest = new Map<number, number>();
  for (const [other, isKnown] of known.entries()) {
    if (isKnown === 0 || other === place) continue;
    const [y, x] = offset(other, place, columns);
    // A quarter turn maps (x > 0, y ≥ 0) onto the next quarter.
    const quarter = [x > 0 && y >= 0, y > 0 && x <= 0, x < 0 && y <= 0, y < 0 && x >= 0].indexOf(true);
    nearest.set(quarter, Math.min(nearest.get(quarter) ?? Infinity, x * x + y * y));
  }
  return nearest;
}

const offset = (other: number, place: number, columns: number): [number, number] => [
  Math.floor(other / columns) - Math.floor(place / columns),
  (other % columns) - (place % columns),
];

const grids = fc
  .record({ rows: fc.integer({ min: 1, max: 7 }), columns: fc.integer({ min: 1, max: 7 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      ...{ rows: fc.constant(rows), columns: fc.constant(columns) },
      known: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: rows * columns, maxLength: rows * columns }),
    }),
  );

describe('chooseNearest', () => {
  it('lets the four places around a single gap stand for it evenly', () => {
    const known = [1, 1, 1, 1, 0, 1, 1, 1, 1];
    const { of } = choose(known, { rows: 3, columns: 3 });
    expect([...of(4)].sort()).to.deep.equal([1, 3, 5, 7].map((place) => [place, 0.25]));
    expect([...of(0)]).to.deep.equal([[0, 1]]);
  });

  it('weighs by one over the squared distance', () => {
    // To the left at a distance of 1, to the right at one of 2: 4 to 1.
    const { of } = choose([1, 0, 0, 1], { rows: 1, columns: 4 });
    expect([...of(1)].sort()).to.deep.equal([
      [0, Math.fround(0.8)],
      [3, Math.fround(0.2)],
    ]);
  });

  it('gives nothing where nothing is known, and counts from the start', () => {
    expect(choose([0, 0], { rows: 1, columns: 2 }).of(1).size).to.equal(0);
    expect([...choose([1, 0], { rows: 1, columns: 2 }, 10).places]).to.deep.equal([10, 10, 10, 10, 10, 11, 11, 11]);
  });

  it('takes the nearest known place of each quarter of the plane, whatever is known', () => {
    fc.assert(
      fc.property(grids, ({ known, ...grid }) => {
        const { of } = choose(known, grid);
        for (const [place, isKnown] of known.entries()) {
          if (isKnown === 1) {
            expect([...of(place)]).to.deep.equal([[place, 1]]);
            continue;
          }
          const wanted = nearestOfQuarters(known, grid, place);
          const sum = [...wanted.values()].reduce((total, squared) => total + 1 / squared, 0);
          const weights = [...of(place)].map(([other, weight]) => {
            const [y, x] = offset(other, place, grid.columns);
            expect(known[other]).to.equal(1);
            expect(weight).to.be.closeTo(1 / (x * x + y * y) / sum, 1e-6);
            return x * x + y * y;
          });
          expect(weights.sort()).to.deep.equal([...wanted.values()].sort());
        }
      }),
      { numRuns: 150, seed: 1 },
    );
  });
});
