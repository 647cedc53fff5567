import { expect } from 'chai';
import { drawDropPath } from '../../lib/model/drop-path.js';

describe('drawDropPath', () => {
  const keys = (count: number, step = 0) => Array.from({ length: count }, (_, sample) => ({ seed: 1, step, sample }));
  const draw = (rate: number, depth: number, count: number, step = 0) => [
    ...drawDropPath(rate, depth, 2, keys(count, step)).values,
  ];

  it('leaves out branches the more often the later they come, and keeps the mean', () => {
    const clips = 4000;
    const values = draw(0.4, 3, clips);
    for (const [block, rate] of [0, 0.2, 0.4].entries()) {
      for (const branch of [0, 1]) {
        const row = values.slice((block * 2 + branch) * clips, (block * 2 + branch + 1) * clips);
        const kept = Math.fround(1 / (1 - rate));
        expect(new Set(row)).to.deep.equal(new Set(rate === 0 ? [1] : [0, kept]));
        expect(row.filter((value) => value === 0).length / clips).to.be.closeTo(rate, 0.03);
        expect(row.reduce((sum, value) => sum + value / clips, 0)).to.be.closeTo(1, 0.05);
      }
    }
  });

  it('is a function of seed, step and sample alone', () => {
    expect(draw(0.5, 4, 8)).to.deep.equal(draw(0.5, 4, 8));
    expect(draw(0.5, 4, 8)).not.to.deep.equal(draw(0.5, 4, 8, 1));
    // The fifth clip is left the same by those beside it.
    const [all, alone] = [draw(0.5, 4, 8), [...drawDropPath(0.5, 4, 2, keys(8).slice(4, 5)).values]];
    expect(alone).to.deep.equal(all.filter((_, index) => index % 8 === 4));
  });
});
