import { expect } from 'chai';
import fc from 'fast-check';
import { planTaps, weightBits } from '../../lib/clip/resampling-taps.js';

const one = 2 ** weightBits;
const lengths = fc.integer({ min: 1, max: 60 });

describe('planTaps', () => {
  it('leaves a line of the same length as it is', () => {
    const { count, first, weights } = planTaps(5, 5, false);
    for (let place = 0; place < 5; place++) {
      for (let tap = 0; tap < count; tap++) {
        const isOwn = (first[place] ?? 0) + tap === place;
        expect(weights[place * count + tap]).to.equal(isOwn ? one : 0);
      }
    }
  });

  it('weighs the two nearest by their distance where the line gets longer, and all that is covered where it gets shorter', () => {
    // From 2 to 4 the middles lie at −0.25 (cut off), 0.25, 0.75 and 1.25.
    expect([...planTaps(2, 4, false).weights].map((weight) => weight / one)).to.deep.equal([
      ...[1, 0, 0.75, 0.25, 0.25, 0.75, 0, 1],
    ]);
    // From 4 to 2 a triangle reaches over 4 pixels: 1 3 3 1, cut off at the end.
    const { count, first, weights } = planTaps(4, 2, false);
    expect([count, ...first]).to.deep.equal([4, 0, 0]);
    const ends = [3, 3, 1].map((part) => part / 7);
    [...ends, 0, 0, ...ends.reverse()].forEach((exact, index) => {
      expect((weights[index] ?? 0) / one).to.be.closeTo(exact, 1 / one);
    });
  });

  it('gives weights that sum to one, that lie within the line, and next to the triangle', () => {
    fc.assert(
      fc.property(lengths, lengths, (from, to) => {
        const { count, first, weights } = planTaps(from, to, false);
        const reach = Math.max(1, from / to);
        for (let place = 0; place < to; place++) {
          const own = [...weights.subarray(place * count, (place + 1) * count)];
          expect(own.reduce((sum, weight) => sum + weight, 0)).to.equal(one);
          expect(Math.min(...own)).to.be.at.least(0);
          expect(first[place]).to.be.within(0, from - count);
          const centre = ((place + 0.5) * from) / to;
          const exact = Array.from({ length: from }, (_, at) => Math.max(0, 1 - Math.abs(at + 0.5 - centre) / reach));
          const sum = exact.reduce((total, weight) => total + weight, 0);
          exact.forEach((weight, at) => {
            const given = own[at - (first[place] ?? 0)] ?? 0;
            expect(given / one).to.be.closeTo(weight / sum, (count + 1) / one);
          });
        }
      }),
      { seed: 1 },
    );
  });

  it('runs backwards where it is mirrored', () => {
    const [straight, mirrored] = [planTaps(7, 10, false), planTaps(7, 10, true)];
    for (let place = 0; place < 10; place++) {
      expect(mirrored.first[9 - place]).to.equal(straight.first[place]);
      expect(mirrored.weights.slice(2 * (9 - place), 2 * (9 - place) + 2)).to.deep.equal(
        straight.weights.slice(2 * place, 2 * place + 2),
      );
    }
  });
});
