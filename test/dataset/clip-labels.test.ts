import { expect } from 'chai';
import { exactRate, labelsOfClip, sourceFrameAt } from '../../lib/dataset/clip-labels.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { greyOf, makeVideo, temporaryFolder } from '../video/made-videos.js';

describe('labelsOfClip', () => {
  const cut = { frames: 4, stride: 2, hop: 8 };
  const window = (startFrame: number, numFrames: number) => ({ startFrame, numFrames });
  const known = {
    group: 'g',
    lines: [
      { line: 2, file: 'a', split: 'train' as const },
      { line: 3, file: 'a', label: 'cat', window: window(8, 7) },
      { line: 4, file: 'a', label: 'dog', window: window(15, 100) },
    ],
  };
  const at = (startFrame: number, sourceFps: number | undefined = 12) =>
    labelsOfClip(known, startFrame, { ...cut, fps: 12, sourceFps });

  it('gives a label to clips wholly inside its frames, and what is of the whole video to all', () => {
    expect(at(7)).to.deep.equal({ group: 'g', split: 'train' });
    // A clip reaches from its first frame to its last, 6 later.
    expect(at(8)).to.deep.equal({ label: 'cat', group: 'g', split: 'train' });
    expect(at(9)).to.deep.equal({ group: 'g', split: 'train' });
    expect(at(15)).to.deep.equal({ label: 'dog', group: 'g', split: 'train' });
  });

  it('counts in frames of the file, whatever rate it was read at', () => {
    // Frame 4 at 12 a second is frame 8 at 24, and the clip ends in frame 20.
    expect(at(4, 24)).not.to.have.property('label');
    expect(at(8, 24)).to.have.property('label', 'dog');
    expect(at(16, 6)).to.have.property('label', 'cat');
    expect(at(26, 6)).not.to.have.property('label');
    expect(at(30, 6)).to.have.property('label', 'dog');
  });

  it('gives no label of a window without the rate of the file', () => {
    expect(labelsOfClip(known, 8, { ...cut, fps: 12, sourceFps: undefined })).to.deep.equal({
      group: 'g',
      split: 'train',
    });
  });

  it('leaves out what is not known', () => {
    expect(labelsOfClip({ lines: [] }, 0, { ...cut, fps: 12, sourceFps: undefined })).to.deep.equal({});
  });
});

describe('sourceFrameAt', () => {
  const folder = temporaryFolder();

  it('is the frame that ffmpeg shows', async () => {
    for (const sourceFps of [6, 10, 12, 24, 25, 30, 60]) {
      const file = await makeVideo(folder.path(`${sourceFps}.mp4`), { fps: sourceFps, frames: 26 });
      for (const fps of [8, 12, 25, 30]) {
        const shown: number[] = [];
        for await (const frame of decodeVideo(file, { width: 8, height: 8, fps })) shown.push(frame[100] ?? 0);
        expect(shown.length, `${sourceFps} at ${fps}`).to.be.at.least(3);
        // A grey lies 8 from the next.
        shown.forEach((grey, frame) => {
          expect(grey, `frame ${frame} of ${sourceFps} at ${fps}`).to.be.closeTo(
            greyOf(sourceFrameAt(frame, fps, sourceFps)),
            3,
          );
        });
      }
    }
  }).timeout(60_000);

  it('is the frame itself where the rates are the same', () => {
    for (const rate of [12, 25, 30_000 / 1001, 59.94]) {
      for (const frame of [0, 1, 29, 1_000_000]) expect(sourceFrameAt(frame, rate, rate)).to.equal(frame);
    }
  });
});

describe('exactRate', () => {
  it('takes the two decimals of a rate of NTSC for that rate, and leaves all others', () => {
    const ntsc = [24, 30, 48, 60, 120].map((rate) => (rate * 1000) / 1001);
    expect(ntsc.map((rate) => exactRate(Number(rate.toFixed(2))))).to.deep.equal(ntsc);
    for (const rate of [1, 10, 12.5, 16.67, 24, 25, 29.5, 30, 50, 60, 1000]) expect(exactRate(rate)).to.equal(rate);
  });
});
