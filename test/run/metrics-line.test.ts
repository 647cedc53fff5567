import { expect } from 'chai';
import { parseMetricsLine } from '../../lib/run/metrics-line.js';

describe('parseMetricsLine', () => {
  it('reads steps of one kind of mask and of several, with numbers that are none', () => {
    const rest = { gradientNorm: 1, learningRate: 1e-3 };
    expect(parseMetricsLine({ step: 1, hide: 'gap:1', loss: 0.5, ...rest })).to.deep.equal({
      ...{ step: 1, losses: { 'gap:1': 0.5 }, validation: {} },
    });
    const losses = { 'gap:1': null, 'future:2': 2 };
    expect(parseMetricsLine({ step: 7, loss: null, losses, validation: { 'gap:1': null }, ...rest })).to.deep.equal({
      ...{ step: 7, losses: { 'gap:1': NaN, 'future:2': 2 }, validation: { 'gap:1': NaN } },
    });
  });

  it('is nothing for what is no step', () => {
    const wrong = [
      null,
      3,
      {},
      { step: 1, loss: 2 },
      { step: 'one', hide: 'gap:1', loss: 2 },
      { step: 1, hide: 'gap:1' },
    ];
    for (const line of wrong) expect(parseMetricsLine(line), JSON.stringify(line)).to.equal(undefined);
  });
});
