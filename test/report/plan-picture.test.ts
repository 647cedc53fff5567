import { expect } from 'chai';
import { decode } from 'fast-png';
import { readFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { hiddenFrames } from '../../lib/masking/hidden-pixels.js';
import { planHide } from '../masking/plan-hide.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { resolvePreset } from '../../lib/model/presets.js';
import { type PlanPictureOptions, writePlanPicture } from '../../lib/report/plan-picture.js';
import { greyOf, makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('writePlanPicture', () => {
  const folder = temporaryFolder();
  const pixelsOf = async (file: string) => {
    const { width, height, data } = decode(await readFile(file));
    return {
      width,
      height,
      at: (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)],
    };
  };

  it('draws a row for each sample of each --hide, the same plans that training makes', async () => {
    const out = folder.path('plans.png');
    const picture = await writePlanPicture({ hide: ['gap:4', 'patches:0.5'], out, samples: 2, seed: 7 });
    expect(picture).to.deep.include({
      out,
      shape: [16, 64, 64, 3],
      tubelet: { frames: 1, size: 4 },
      grid: [16, 16, 16],
    });
    expect(
      picture.plans.map(({ hide, sample, hidden, visible, unused }) => [hide, sample, hidden, visible, unused]),
    ).to.deep.equal([
      ['gap:4', 0, 1024, 3072, 0],
      ['gap:4', 1, 1024, 3072, 0],
      ['patches:0.5', 0, 2048, 2048, 0],
      ['patches:0.5', 1, 2048, 2048, 0],
    ]);
    const grid = gridOfModel(resolvePreset('conv-tiny', { frames: 16, height: 64, width: 64, channels: 3 }));
    const gap = hiddenFrames(planHide('gap:4', 7, grid));
    expect(picture.plans[0]?.hiddenFrames).to.deep.equal(gap);
    // 16 frames of 128 with 4 between them; in the first row just the gap is dark.
    const { width, height, at } = await pixelsOf(out);
    expect([width, height]).to.deep.equal([16 * 132 - 4, 4 * 132 - 4]);
    for (let frame = 0; frame < 16; frame++) {
      const [red = 0] = at(frame * 132 + 61, 60);
      expect(red < 128, `frame ${frame}`).to.equal(gap.includes(frame));
    }
    expect(at(130, 60)[3]).to.equal(0);
  });

  it('takes clips and tubelets from a preset, or as they are given, and counts what is not scored', async () => {
    const out = folder.path('preset.png');
    const vit = await writePlanPicture({ hide: ['tube:0.5'], out, preset: 'vit-tiny', samples: 1, score: 0.25 });
    expect(vit).to.deep.include({ shape: [16, 64, 64, 3], tubelet: { frames: 2, size: 8 }, grid: [8, 8, 8] });
    expect(vit.plans[0]).to.deep.include({ visible: 256, hidden: 64, unused: 192, hiddenFrames: [] });
    const base = await writePlanPicture({ hide: ['future:8'], out, preset: 'vit-base', samples: 1 });
    expect(base).to.deep.include({ shape: [16, 224, 224, 3], grid: [8, 14, 14] });
    const own = { size: 24, frames: 6, tubelet: { frames: 3, size: 12 } };
    expect(await writePlanPicture({ hide: ['future:2'], out, samples: 1, ...own })).to.deep.include({
      grid: [2, 2, 2],
    });
    const { width, height } = await pixelsOf(out);
    expect([width, height]).to.deep.equal([6 * (120 + 4) - 4, 120]);
  });

  it('draws over the frames of a video, from where it is told', async () => {
    const video = await makeVideo(folder.path('grey.mp4'), { frames: 24 });
    const out = folder.path('over.png');
    await writePlanPicture({ hide: ['future:4'], out, samples: 1, frames: 8, size: 32, video, startSeconds: 1 });
    const { width, at } = await pixelsOf(out);
    expect(width).to.equal(8 * 132 - 4);
    for (let frame = 0; frame < 4; frame++) expect(at(frame * 132 + 60, 60)[0]).to.be.closeTo(greyOf(12 + frame), 4);
    const error = await rejectionOf(writePlanPicture({ hide: ['future:4'], out, video, startSeconds: 1, size: 32 }));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(error)
      .to.have.property('message')
      .that.matches(/grey\.mp4 is too short: from 1 s it has 12 frames/);
  });

  it('refuses what does not fit, in one sentence', async () => {
    const asked: PlanPictureOptions = { hide: ['future:4'], out: folder.path('x.png') };
    for (const [wrong, sentence] of [
      [{ out: folder.path('x.gif') }, /x\.gif must end in \.png/],
      [{ hide: ['gap:40'] }, /--hide gap:40 leaves no 1 visible frame before and after/],
      [{ hide: [] }, /hide: /],
      [{ tubelet: { frames: 3, size: 8 } }, /--tubelet 3x8 does not divide a clip of 16 frames of 64 × 64 pixels/],
      [{ preset: 'vit-tiny', tubelet: { frames: 2, size: 8 } }, /either --preset or --tubelet/],
      [{ preset: 'vit-tiny', frames: 8 }, /vit-tiny needs clips of 16 × 64 × 64 × 3/],
      [{ preset: 'vit-tinny' }, /There is no preset vit-tinny; did you mean vit-tiny\?/],
      [{ samples: 0 }, /samples: .*, got 0/],
      [{ score: 0 }, /score: .*, got 0/],
    ] as const) {
      const error = await rejectionOf(writePlanPicture({ ...asked, ...wrong }));
      expect(error, String(sentence)).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error).to.have.property('message').that.matches(sentence);
    }
    const nowhere = await rejectionOf(writePlanPicture({ ...asked, out: folder.path('gone/x.png') }));
    expect(nowhere).to.have.property('message').that.includes('is no folder; make it first');
    const reason = new Error('enough');
    const video = folder.path('grey.mp4');
    expect(await rejectionOf(writePlanPicture({ ...asked, video }, { signal: AbortSignal.abort(reason) }))).to.equal(
      reason,
    );
  });
});
