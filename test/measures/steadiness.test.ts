import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { alignmentOf, figureRetrieval, figureSimilarity, figureSpread } from '../../lib/measures/steadiness.js';

const vectors = (...rows: number[][]) => ({ values: Float32Array.from(rows.flat()), width: rows[0]?.length ?? 1 });
const turned = (degrees: number) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

/** Points of a normal distribution along each axis. */
function cloud(count: number, deviations: readonly number[], seed = 0) {
  const random = createRandom(seed, 'cloud');
  const values = Float32Array.from(
    { length: count * deviations.length },
    (_, index) => (deviations[index % deviations.length] ?? 0) * random.normal(),
  );
  return { values, width: deviations.length };
}

describe('retrieval', () => {
  it('is perfect where each source is near itself alone', () => {
    const figures = figureRetrieval(vectors(turned(0), turned(2), turned(90), turned(93)), ['a', 'a', 'b', 'b']);
    expect(figures).to.deep.include({ recallAt1: 1, recallAt5: 1, meanAveragePrecision: 1, queries: 4 });
  });

  it('counts the places of all that are wanted', () => {
    // The first, at 0°, finds b, a, b, a: 1/2 and 2/4.
    const places = vectors(turned(0), turned(10), turned(20), turned(30), turned(40));
    const { meanAveragePrecision, recallAt1, recallAt5 } = figureRetrieval(places, ['a', 'b', 'a', 'c', 'a']);
    const precisions = [(1 / 2 + 2 / 4) / 2, (1 / 3 + 2 / 4) / 2, (1 / 2 + 2 / 4) / 2];
    // By hand: at 20° the neighbours in order are b (10°, first in the list), c (30°), a (0°), a (40°); at 40° c, a, b, a.
    expect(meanAveragePrecision).to.be.closeTo(precisions.reduce((sum, one) => sum + one, 0) / 3, 1e-9);
    expect([recallAt1, recallAt5]).to.deep.equal([0, 1]);
  });

  it('leaves out clips that are alone of their source', () => {
    expect(figureRetrieval(vectors([1, 0], [0, 1], [1, 0.1]), ['a', 'b', 'a']).queries).to.equal(2);
  });

  it('says what a random order gives', () => {
    const random = createRandom(1, 'sources');
    const sources = Array.from({ length: 60 }, (_, row) => `${row % 12}`);
    const runs = Array.from({ length: 40 }, (_, seed) =>
      figureRetrieval(cloud(60, [1, 1, 1, 1], seed + random.integer(1000)), sources),
    );
    const mean = runs.reduce((sum, { meanAveragePrecision }) => sum + meanAveragePrecision, 0) / runs.length;
    expect(mean).to.be.closeTo(runs[0]?.chance ?? NaN, 0.01);
  });

  it('lets other vectors ask, which need not be near themselves', () => {
    const known = vectors(turned(0), turned(2), turned(90), turned(92));
    const asking = vectors(turned(89), turned(1), turned(91), turned(91));
    expect(figureRetrieval(known, ['a', 'a', 'b', 'b'], asking).recallAt1).to.equal(3 / 4);
  });
});

describe('the spread of vectors', () => {
  it('counts the axes that are used', async () => {
    const even = await figureSpread(cloud(4000, [1, 1, 1, 1]));
    expect(even.effectiveRank).to.be.closeTo(4, 0.05);
    const flat = await figureSpread(cloud(4000, [3, 0, 3, 0]));
    expect(flat.effectiveRank).to.be.closeTo(2, 0.02);
    expect(flat.spectrum.slice(2).every((share) => share < 1e-9)).to.equal(true);
    const uneven = await figureSpread(cloud(20_000, [2, 1]));
    expect(uneven.spectrum[0]).to.be.closeTo(4 / 5, 0.01);
    const entropy = -(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2));
    expect(uneven.effectiveRank).to.be.closeTo(Math.exp(entropy), 0.03);
  });

  it('is the same where there are fewer vectors than axes', async () => {
    const { spectrum } = await figureSpread(vectors([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]));
    expect(spectrum.slice(0, 2)).to.satisfy((shares: number[]) =>
      shares.every((share) => Math.abs(share - 0.5) < 1e-9),
    );
  });

  it('is lowest where vectors lie evenly', async () => {
    const [even, narrow] = [
      await figureSpread(cloud(500, [1, 1, 1, 1])),
      await figureSpread(cloud(500, [5, 0.1, 0.1, 0.1])),
    ];
    expect(even.uniformity).to.be.below(narrow.uniformity);
    // All the same: log exp(0).
    expect((await figureSpread(vectors([1, 0], [1, 0], [1, 0]))).uniformity).to.be.closeTo(0, 1e-6);
    expect((await figureSpread(vectors([1, 0], [-1, 0]))).uniformity).to.be.closeTo(-8, 1e-6);
  });
});

describe('alignment and similarity', () => {
  it('is the mean squared distance of what belongs together', () => {
    expect(alignmentOf(vectors([2, 0], [0, 1]), vectors([1, 0], [0, 5]))).to.be.closeTo(0, 1e-6);
    expect(alignmentOf(vectors([1, 0], [0, 1]), vectors([0, 1], [0, -1]))).to.be.closeTo(3, 1e-6);
  });

  it('tells classes that are near themselves from those that are not', () => {
    const { within, between } = figureSimilarity(vectors(turned(0), turned(60), turned(90)), ['a', 'a', 'b']);
    expect(within).to.be.closeTo(0.5, 1e-6);
    expect(between).to.be.closeTo((0 + Math.cos(Math.PI / 6)) / 2, 1e-6);
  });
});
