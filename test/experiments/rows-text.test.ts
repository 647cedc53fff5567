// Tests the text that a person reads.
import { expect } from 'chai';
import { formatRows } from './rows-text.js';

describe('rows of an experiment', () => {
  it('gives ours, peers and baselines, and the range of seeds', () => {
    const text = formatRows([
      {
        ...{ case: 'A', metric: 'mse', better: 'lower', minutes: 10, ours: [100, 110], peers: { simvp: [99.25] } },
        ...{ baselines: { black: 0.771234 }, curves: {} },
      },
    ]);
    expect(text).to.equal(
      [
        'A, mse (lower is better), 10 minutes',
        '  ours   105.0 (100.0 to 110.0)',
        '  simvp  99.25',
        '  black  0.7712',
        '',
      ].join('\n'),
    );
  });
});
