import { expect } from 'chai';
import { prepare } from '../../lib/dataset/prepare.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { fillClips } from '../../lib/prediction/fill-clips.js';
import { surprise } from '../../lib/prediction/surprise.js';
import { loadModel } from '../../lib/run/load-model.js';
import { pretrain } from '../../lib/training/pretrain.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { makeVideo, temporaryFolder } from '../video/made-videos.js';

describe('surprise', () => {
  const folder = temporaryFolder();

  for (const stride of [1, 2]) {
    it(`measures every frame once, also of a model that tells two at a time, by every ${stride} frames`, async () => {
      // The model sees 14 frames and tells two; of 47 the last one of a phase is left over.
      const video = await makeVideo(folder.path('odd.mp4'), { width: 64, height: 64, frames: 47, fps: 12 });
      const [dataset, model] = [folder.path(`data-${stride}`), folder.path(`run-${stride}`)];
      await prepare({ inputs: [video], out: dataset, size: 64, fps: 12, frames: 16, stride });
      await pretrain({ dataset, out: model, preset: 'vit-tiny', hide: ['future:2'], steps: 1, batch: 1, threads: 1 });
      const { frames } = await surprise({ model, video, threads: 1 });
      const asked = Array.from({ length: 47 - 14 * stride }, (_, index) => index + 14 * stride);
      expect(frames.map(({ seconds }) => Math.round(12 * seconds))).to.deep.equal(asked);
      const pictures: Uint8Array[] = [];
      for await (const picture of decodeVideo(video, { width: 64, height: 64, fps: 12, fit: 'cover' })) {
        pictures.push(picture);
      }
      const apart = (one: ArrayLike<number>, other: ArrayLike<number> | undefined) => {
        const squares = Array.from(one, (value, at) => (value - (other?.[at] ?? NaN)) ** 2);
        return squares.reduce((sum, square) => sum + square, 0) / one.length / 255 ** 2;
      };
      for (const [place, frame] of asked.entries()) {
        const copied = apart(pictures[frame] ?? [], pictures[frame - stride]);
        expect(frames[place]?.copyLast, `frame ${frame}`).to.be.closeTo(copied, 1e-9);
      }
      // What the model itself makes of the same frames.
      const loaded = await loadModel(model, { threads: 1 });
      const plan = planMask(parseHide('future:2'), gridOfModel(loaded.config.model), { seed: 0, step: 0, sample: 0 });
      for (const first of [14 * stride, 44]) {
        const shown = Array.from(
          { length: 16 },
          (_, step) => pictures[first + (step - 14) * stride] ?? new Uint8Array(),
        );
        const [filled] = await fillClips(loaded, [Buffer.concat(shown)], [plan]);
        const bytes = shown[0]?.length ?? 0;
        for (const step of [14, 15]) {
          const frame = first + (step - 14) * stride;
          const error = apart(shown[step] ?? [], filled?.subarray(step * bytes, (step + 1) * bytes));
          const { error: said } = frames[frame - 14 * stride] ?? {};
          expect(said, `frame ${frame}`).to.be.closeTo(error, 1e-6);
        }
      }
      await loaded.compute.close();
    });
  }
});
