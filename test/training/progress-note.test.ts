import { expect } from 'chai';
import { createProgressNote } from '../../lib/training/progress-note.js';
import { smallRun } from '../run/small-run.js';

describe('the note on progress', () => {
  const kinds = { 'gap:1': { mean: 0.12345, steps: 3 }, 'future:2': { mean: 2, steps: 1 } };

  it('says the loss and the speed, over the last steps', () => {
    const describe = createProgressNote(smallRun({ hide: ['gap:1'], batch: 8, accumulate: 2 }));
    expect(describe({ kinds }, { seconds: 0.5 })).to.equal('loss 0.123, 32.0 clips/s');
    expect(describe({ kinds }, { seconds: 0.3 })).to.equal('loss 0.123, 40.0 clips/s');
  });

  it('says the loss of each kind of mask that there was, in the order in which they were asked for', () => {
    const describe = createProgressNote(smallRun({ hide: ['future:2', 'drop:0.5', 'gap:1'], batch: 8 }));
    expect(describe({ kinds }, { seconds: 1 })).to.equal('loss 2.00 future:2, 0.123 gap:1, 8.00 clips/s');
  });

  it('says the loss of telling classes apart', () => {
    const describe = createProgressNote(smallRun({ hide: [], objective: 'classification', batch: 8 }));
    expect(describe({ kinds: { classification: { mean: 1.5, steps: 1 } } }, { seconds: 1 })).to.equal(
      'loss 1.50, 8.00 clips/s',
    );
  });
});
