import { expect } from 'chai';
import { prepare } from '../../lib/dataset/prepare.js';
import { surprise } from '../../lib/prediction/surprise.js';
import { pretrain } from '../../lib/training/pretrain.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { makeVideo, temporaryFolder } from '../video/made-videos.js';

describe('surprise', () => {
  const folder = temporaryFolder();

  it('measures every frame once, also of a model that tells two at a time, beside the frame before each', async () => {
    // The model sees 14 frames and tells two; the last one of 47 is left over.
    const video = await makeVideo(folder.path('odd.mp4'), { width: 64, height: 64, frames: 47, fps: 12 });
    const [dataset, model] = [folder.path('data'), folder.path('run')];
    await prepare({ inputs: [video], out: dataset, size: 64, fps: 12, frames: 16 });
    await pretrain({ dataset, out: model, preset: 'vit-tiny', hide: ['future:2'], steps: 1, batch: 2, threads: 1 });
    const { frames } = await surprise({ model, video, threads: 1 });
    const asked = Array.from({ length: 33 }, (_, index) => index + 14);
    expect(frames.map(({ seconds }) => Math.round(12 * seconds))).to.deep.equal(asked);
    const pictures: Uint8Array[] = [];
    for await (const picture of decodeVideo(video, { width: 64, height: 64, fps: 12, fit: 'cover' })) {
      pictures.push(picture);
    }
    for (const [place, frame] of asked.entries()) {
      const [own, before] = [pictures[frame], pictures[frame - 1]];
      const sum = own?.reduce((total, value, at) => total + (value - (before?.[at] ?? NaN)) ** 2, 0) ?? NaN;
      expect(frames[place]?.copyLast, `frame ${frame}`).to.be.closeTo(sum / (own?.length ?? 0) / 255 ** 2, 1e-9);
      expect(frames[place]?.error).to.be.above(0);
    }
  });
});
