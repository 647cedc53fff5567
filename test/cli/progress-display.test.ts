import { expect } from 'chai';
import type { Progress } from '../../lib/index.js';
import { createLinePainter, createProgressDisplay, describeProgress } from '../../lib/cli/progress-display.js';

describe('describeProgress', () => {
  it('says the count, the rate, the time that is left and the note', () => {
    const progress: Progress = { unit: 'steps', done: 12, total: 40, note: 'loss 0.5' };
    expect(describeProgress(progress, { rate: 2, remainingSeconds: 14 })).to.equal(
      '12/40 steps, 2.0 steps/s, 14 s left, loss 0.5',
    );
  });

  it('leaves out what is not known', () => {
    expect(describeProgress({ unit: 'videos', done: 3 }, {})).to.equal('3 videos');
    expect(
      describeProgress({ unit: 'videos', done: 3, total: 3, note: '' }, { rate: 1, remainingSeconds: 0 }),
    ).to.equal('3/3 videos, 1.0 videos/s');
  });
});

describe('createLinePainter', () => {
  const follow = (act: (show: (done: number, seconds: number, unit?: string) => void, settle: () => void) => void) => {
    const lines: string[] = [];
    let now = 0;
    const painter = createLinePainter(
      (line) => lines.push(line),
      () => now,
      5,
    );
    const display = createProgressDisplay(painter, () => now);
    act((done, seconds, unit = 'steps') => {
      now = seconds;
      display.show({ unit, done });
    }, display.settle);
    return lines;
  };

  it('writes a line every few seconds and the last state at the end', () => {
    const lines = follow((show, settle) => {
      for (let second = 1; second <= 12; second++) show(second, second);
      settle();
      settle();
    });
    expect(lines.map((line) => line.split(',')[0])).to.deep.equal(['5 steps', '10 steps', '12 steps']);
  });

  it('ends one stage before the next begins', () => {
    const lines = follow((show, settle) => {
      show(4, 1);
      show(1, 2, 'clips');
      settle();
    });
    expect(lines).to.deep.equal(['4 steps', '1 clips']);
  });
});
