import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createBarPainter } from '../../lib/cli/progress-bar.js';

/** What a terminal of 120 columns would have been sent. */
function paintOn(act: (painter: ReturnType<typeof createBarPainter>) => void): string {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 120,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  act(createBarPainter(stream));
  return String(stream.read());
}

describe('createBarPainter', () => {
  it('draws a bar with the text beside it', () => {
    const text = paintOn((painter) => {
      painter.paint({ unit: 'steps', done: 12, total: 24, note: 'loss 0.5' }, { rate: 2, remainingSeconds: 6 });
      painter.settle();
    });
    expect(text).to.contain('████████████░░░░░░░░░░░░ 12/24 steps, 2.0 steps/s, 6 s left, loss 0.5');
  });

  it('draws no bar where the end is not known', () => {
    const text = paintOn((painter) => {
      painter.paint({ unit: 'videos', done: 3 }, {});
      painter.settle();
    });
    expect(text).to.contain('3 videos').and.not.contain('░');
  });

  it('can be settled before anything was painted, and more than once', () => {
    expect(
      paintOn((painter) => {
        painter.settle();
        painter.settle();
      }),
    ).to.equal('null');
  });
});
