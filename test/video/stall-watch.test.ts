import { expect } from 'chai';
import { createStallWatch } from '../../lib/video/stall-watch.js';

describe('createStallWatch', () => {
  it('fires once where a wait takes too long, and not before or without one', async () => {
    let fired = 0;
    const watch = createStallWatch(0.05, () => (fired += 1));
    watch.touch();
    watch.start();
    watch.stop();
    await new Promise((go) => setTimeout(go, 80));
    expect([fired, watch.hasFired()]).to.deep.equal([0, false]);
    watch.start();
    await new Promise((go) => setTimeout(go, 80));
    expect([fired, watch.hasFired()]).to.deep.equal([1, true]);
    watch.touch();
    await new Promise((go) => setTimeout(go, 80));
    expect(fired).to.equal(1);
  });

  it('begins again where something else comes', async () => {
    const started = performance.now();
    const fired = new Promise<number>((resolve) => {
      const watch = createStallWatch(0.1, () => resolve(performance.now()));
      watch.start();
      setTimeout(watch.touch, 60);
    });
    expect((await fired) - started).to.be.at.least(155);
  });
});
