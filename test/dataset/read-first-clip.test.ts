import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { readFirstClip } from '../../lib/dataset/read-first-clip.js';
import { greyOf, makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('readFirstClip', () => {
  const folder = temporaryFolder();
  const options = { size: 16, fps: 12, fit: 'cover', frames: 4, stride: 2 } as const;
  before(() => makeVideo(folder.path('good.mp4'), { frames: 18 }));

  it('gives the clip that begins where it is told', async () => {
    for (const [startSeconds, first] of [
      [undefined, 0],
      [0.5, 6],
    ] as const) {
      const pixels = await readFirstClip(folder.path('good.mp4'), { ...options, startSeconds }, undefined);
      expect(pixels).to.have.length(4 * 16 * 16 * 3);
      for (let frame = 0; frame < 4; frame++) {
        expect(pixels[frame * 16 * 16 * 3 + 99]).to.be.closeTo(greyOf(first + 2 * frame), 3);
      }
    }
  });

  it('says in one sentence what is wrong with the video', async () => {
    await writeFile(folder.path('text.mp4'), 'this is no video\n');
    for (const [name, given, sentence] of [
      ['gone.mp4', {}, /gone\.mp4 cannot be read; check that it exists/],
      ['text.mp4', {}, /text\.mp4 is not a video that ffmpeg can open/],
      ['good.mp4', { startSeconds: 1 }, /good\.mp4 is too short: from 1 s it has 6 frames .*takes 7 \(0\.58 s\)/],
    ] as const) {
      const error = await rejectionOf(readFirstClip(folder.path(name), { ...options, ...given }, undefined));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.matches(sentence);
    }
  });

  it('ends with the signal', async () => {
    const reason = new Error('enough');
    const read = readFirstClip(folder.path('good.mp4'), options, AbortSignal.abort(reason));
    expect(await rejectionOf(read)).to.equal(reason);
  });
});
