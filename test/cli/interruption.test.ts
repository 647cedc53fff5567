import { expect } from 'chai';
import { Interrupted, watchForInterruption } from '../../lib/cli/interruption.js';

describe('watchForInterruption', () => {
  it('aborts with the signal as the reason and says which came', () => {
    const seen: string[] = [];
    const watch = watchForInterruption((endingSignal) => seen.push(endingSignal));
    try {
      expect(watch.received()).to.equal(undefined);
      process.emit('SIGTERM', 'SIGTERM');
      expect(watch.signal.reason).to.be.instanceOf(Interrupted).with.property('endingSignal', 'SIGTERM');
      expect(watch.received()).to.equal('SIGTERM');
      expect(seen).to.deep.equal(['SIGTERM']);
    } finally {
      watch.stop();
    }
  });

  it('leaves no listener behind', () => {
    const before = process.listenerCount('SIGINT');
    watchForInterruption(() => undefined).stop();
    expect(process.listenerCount('SIGINT')).to.equal(before);
  });
});
