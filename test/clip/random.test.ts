import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';

const draws = <Value>(count: number, draw: () => Value) => Array.from({ length: count }, draw);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createRandom', () => {
  it('gives the same numbers for the same key, on every machine', () => {
    expect(draws(5, createRandom(7, 'mask', 1, 2).uint32)).to.deep.equal(
      draws(5, createRandom(7, 'mask', 1, 2).uint32),
    );
    expect(draws(3, createRandom(0, 'golden').uint32)).to.deep.equal([1935670468, 3751413666, 2711094490]);
    const { uniform, integer, normal, shuffle } = createRandom(0, 'golden');
    expect(uniform()).to.equal(0.4506834065425698);
    expect([integer(1000), integer(1000)]).to.deep.equal([490, 203]);
    // Logarithm and cosine may differ in the last bit.
    expect(normal()).to.be.closeTo(-0.5211968142882539, 1e-14);
    expect(shuffle([0, 1, 2, 3, 4, 5])).to.deep.equal([2, 4, 0, 5, 1, 3]);
  });

  it('gives unrelated numbers for any other key', () => {
    const keys = [
      createRandom(7, 'mask', 1, 2),
      createRandom(8, 'mask', 1, 2),
      createRandom(7, 'masks', 1, 2),
      createRandom(7, 'mask', 2, 2),
      createRandom(7, 'mask', 1, 3),
      createRandom(7, 'mask', 12),
      createRandom(7, 'mask', 1, 2, 0),
    ];
    expect(new Set(keys.map(({ uint32 }) => uint32())).size).to.equal(keys.length);
  });

  it('gives neighbouring keys first numbers that are spread evenly', () => {
    const firsts = Array.from({ length: 4000 }, (_, sample) => createRandom(0, 'mask', 5, sample).uniform());
    const bins = new Int32Array(10);
    for (const first of firsts) bins[Math.floor(first * 10)] = (bins[Math.floor(first * 10)] ?? 0) + 1;
    // 400 expected, deviation 19.
    for (const count of bins) expect(count).to.be.within(320, 480);
    const products = firsts.slice(1).map((first, index) => (first - 0.5) * ((firsts[index] ?? 0) - 0.5) * 12);
    expect(mean(products)).to.be.within(-0.06, 0.06);
  });

  it('draws whole numbers below a bound, each equally often', () => {
    const random = createRandom(1, 'integers');
    const counts = new Int32Array(6);
    for (const value of draws(6000, () => random.integer(6))) counts[value] = (counts[value] ?? 0) + 1;
    for (const count of counts) expect(count).to.be.within(880, 1120);
    expect(random.integer(1)).to.equal(0);
    expect(random.integer(2 ** 32)).to.be.within(0, 2 ** 32 - 1);
  });

  it('draws whole numbers below a bound that does not divide 2³² without favouring the lower ones', () => {
    const random = createRandom(4, 'bias');
    const lower = draws(6000, () => random.integer(3 * 2 ** 30)).filter((value) => value < 2 ** 30).length;
    // A third of 6000, deviation 37; the remainder alone would give a half.
    expect(lower).to.be.within(1850, 2150);
  });

  it('draws uniform numbers of 53 bits, the last of them 0 as often as 1', () => {
    const last = draws(2000, createRandom(5, 'bits').uniform).map((value) => (value * 2 ** 53) % 2);
    expect([...new Set(last)].sort()).to.deep.equal([0, 1]);
    expect(mean(last)).to.be.closeTo(0.5, 0.045);
  });

  it('draws uniform numbers of mean 1/2 in [0, 1) and normal ones of mean 0 and deviation 1', () => {
    const random = createRandom(2, 'reals');
    const uniform = draws(10_000, random.uniform);
    expect(Math.min(...uniform)).to.be.at.least(0);
    expect(Math.max(...uniform)).to.be.below(1);
    expect(mean(uniform)).to.be.closeTo(0.5, 0.012);
    const normal = draws(10_000, random.normal);
    expect(mean(normal)).to.be.closeTo(0, 0.04);
    expect(mean(normal.map((value) => value ** 2))).to.be.closeTo(1, 0.06);
  });

  it('puts items into each order equally often, in place', () => {
    const random = createRandom(3, 'shuffle');
    const counts = new Map<string, number>();
    for (let run = 0; run < 6000; run++) {
      const items = Int32Array.of(1, 2, 3);
      expect(random.shuffle(items)).to.equal(items);
      const order = items.join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).to.equal(6);
    for (const count of counts.values()) expect(count).to.be.within(880, 1120);
  });
});
