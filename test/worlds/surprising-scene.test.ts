import { expect } from 'chai';
import { createSurprisingScene, surpriseKinds } from '../../lib/worlds/surprising-scene.js';

const difference = (one: Uint8Array | undefined, other: Uint8Array | undefined) =>
  (one ?? new Uint8Array(1)).reduce((sum, value, index) => sum + (value - (other?.[index] ?? NaN)) ** 2, 0) /
  (one?.length ?? 1);

describe('surprising-scene', () => {
  const videos = Array.from({ length: 12 }, (_, video) => createSurprisingScene({ seed: 2, video, seconds: 5 }));

  it('takes what happens in turns, in the middle or later', () => {
    expect(videos.map(({ label }) => label)).to.deep.equal([0, 1, 2, 3].flatMap(() => [...surpriseKinds]));
    for (const { momentSeconds } of videos) expect(momentSeconds).to.be.within(2.4, 4.3);
  });

  for (const kind of surpriseKinds) {
    it(`shows a ${kind} at the time that it says, and nothing of it before`, () => {
      for (const scene of videos.filter(({ label }) => label === kind)) {
        const frames = [...scene.frames];
        const moment = Math.round(scene.momentSeconds * scene.fps);
        expect(frames).to.have.length(60);
        // Until then a shape moves a little in each frame.
        for (let frame = 1; frame < moment; frame++)
          expect(difference(frames[frame], frames[frame - 1])).to.be.above(1);
        const after = difference(frames[moment], frames[moment - 1]);
        if (kind === 'cut') expect(after).to.be.above(300);
        if (kind === 'stop') for (const frame of frames.slice(moment)) expect(frame).to.deep.equal(frames[moment - 1]);
        if (kind === 'turn') {
          for (let step = 1; moment - 1 + step < 60 && step < moment; step++) {
            expect(frames[moment - 1 + step]).to.deep.equal(frames[moment - 1 - step]);
          }
        }
      }
    });
  }

  it('is a pure function of seed and video, and refuses what is out of range', () => {
    const draw = (seed: number) => Buffer.concat([...createSurprisingScene({ seed, video: 0, seconds: 3 }).frames]);
    expect(draw(0).equals(draw(0))).to.equal(true);
    expect(draw(0).equals(draw(1))).to.equal(false);
    expect(() => createSurprisingScene({ seed: 0, video: 0, seconds: 2 })).to.throw(RangeError, /seconds/);
  });
});
