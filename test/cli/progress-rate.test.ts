import { expect } from 'chai';
import { createPaceMeter, formatDuration, formatRate } from '../../lib/cli/progress-rate.js';

describe('createPaceMeter', () => {
  it('knows nothing from one report and the rate from two', () => {
    const measure = createPaceMeter();
    expect(measure({ unit: 'steps', done: 0, total: 100 }, 10)).to.deep.equal({});
    expect(measure({ unit: 'steps', done: 20, total: 100 }, 15)).to.deep.equal({ rate: 4, remainingSeconds: 20 });
  });

  it('does not count what was done before it began', () => {
    const measure = createPaceMeter();
    measure({ unit: 'steps', done: 1000, total: 1100 }, 0);
    expect(measure({ unit: 'steps', done: 1010, total: 1100 }, 1)).to.deep.equal({ rate: 10, remainingSeconds: 9 });
  });

  it('forgets what is older than half a minute', () => {
    const measure = createPaceMeter();
    for (let second = 0; second <= 100; second++) measure({ unit: 'steps', done: second }, second);
    let pace = {};
    for (let second = 101; second <= 140; second++)
      pace = measure({ unit: 'steps', done: 100 + (second - 100) * 5 }, second);
    expect(pace).to.deep.equal({ rate: 5 });
  });

  it('begins again where the count goes back', () => {
    const measure = createPaceMeter();
    measure({ unit: 'videos', done: 5 }, 0);
    expect(measure({ unit: 'videos', done: 1 }, 1)).to.deep.equal({});
  });
});

describe('formatDuration', () => {
  it('uses the two largest units', () => {
    expect([0.4, 59.4, 59.6, 3599.4, 7500].map(formatDuration)).to.deep.equal([
      '0 s',
      '59 s',
      '1 min 00 s',
      '59 min 59 s',
      '2 h 05 min',
    ]);
  });
});

describe('formatRate', () => {
  it('turns a slow rate over', () => {
    expect(formatRate(12.34, 'steps')).to.equal('12.3 steps/s');
    expect(formatRate(1234.5, 'frames')).to.equal('1235 frames/s');
    expect(formatRate(0.25, 'steps')).to.equal('4 s a step');
  });
});
