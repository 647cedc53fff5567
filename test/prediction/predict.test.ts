import { mkdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { predict, type PredictOptions } from '../../lib/prediction/predict.js';
import { type LoadedModel, loadModel } from '../../lib/run/load-model.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { cutFile, greyOf, makeSound, makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('predict', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let model: LoadedModel;
  let video: string;
  before(async () => {
    given = await trainedRun();
    video = given.videos[2] ?? '';
    model = await loadModel(given.run, { threads: 1 });
  });
  after(() => model.compute.close());

  it('fills in what is hidden and leaves visible pixels as they were', async () => {
    const { frames, truth, hidden, shape, fps, hide } = await predict(model, video, { hide: ' future:6' });
    expect({ shape, fps, hide }).to.deep.equal({ shape: [16, 64, 64, 3], fps: 12, hide: 'future:6' });
    expect([frames.length, truth.length, hidden.length]).to.deep.equal([196_608, 196_608, 65_536]);
    const visible = 10 * 64 * 64;
    expect(hidden.every((value, pixel) => value === (pixel < visible ? 0 : 1))).to.equal(true);
    expect(frames.subarray(0, 3 * visible)).to.deep.equal(truth.subarray(0, 3 * visible));
    const filled = frames.subarray(3 * visible).filter((value, index) => value !== truth[3 * visible + index]);
    expect(filled.length).to.be.above(visible / 2);
  });

  it('reads the very pixels that the dataset of the same video holds, at any start', async () => {
    const dataset = await openDataset(given.dataset);
    try {
      const pixels = new Uint8Array(clipLength(dataset.shape));
      for (const startSeconds of [0, 16 / 12]) {
        const row = dataset.clips.findIndex(
          (clip) => clip.video === basename(video) && clip.startSeconds === startSeconds,
        );
        await dataset.readClips([row], pixels);
        const { truth } = await predict(model, video, { hide: 'future:8', startSeconds });
        expect(truth, `${startSeconds} s`).to.deep.equal(pixels);
      }
    } finally {
      await dataset.close();
    }
  });

  it('reads frames as far apart as those that the model was trained on', async () => {
    const file = await makeVideo(folder.path('steps.mp4'), { width: 64, height: 64, frames: 32 });
    const config = { ...model.config, data: { ...model.config.data, stride: 2 } };
    const { truth, fps } = await predict({ ...model, config }, file, { hide: 'future:8' });
    expect(fps).to.equal(6);
    for (const frame of [0, 1, 7, 15]) {
      expect(truth[frame * 64 * 64 * 3 + 100], `frame ${frame}`).to.be.closeTo(greyOf(2 * frame), 3);
    }
  });

  it('hides the same for the same seed, and something else for another', async () => {
    const ask = (seed?: number) => predict(model, video, { hide: 'patches:0.5', seed });
    const [one, again, byDefault, other] = [await ask(0), await ask(0), await ask(), await ask(1)];
    expect(again).to.deep.equal(one);
    expect(byDefault).to.deep.equal(one);
    expect(other.hidden).not.to.deep.equal(one.hidden);
    expect(other.truth).to.deep.equal(one.truth);
    const countOf = ({ hidden }: typeof one) => hidden.reduce((sum, value) => sum + value, 0);
    expect(countOf(one)).to.equal(32_768);
    expect(countOf(other)).to.equal(32_768);
  });

  describe('refuses', () => {
    const wrong: readonly (readonly [string, PredictOptions, RegExp])[] = [
      ['a kind of mask that does not exist', { hide: 'futur:8' }, /futur/],
      ['what does not fit the clip', { hide: 'future:99' }, /future:99/],
      ['to hide everything', { hide: 'gap:0-15' }, /hides everything/],
      ['a start before the beginning', { hide: 'future:8', startSeconds: -1 }, /startSeconds: .*, got -1/],
      ['a seed that is not whole', { hide: 'future:8', seed: 0.5 }, /seed: /],
      ['an option that it does not know', Object.assign({ hide: 'future:8' }, { start: 1 }), /start/],
    ];
    for (const [name, options, sentence] of wrong) {
      it(`${name}, as a mistake in the call`, async () => {
        const error = await rejectionOf(predict(model, video, options));
        expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
        expect(error).to.have.property('message').that.matches(sentence);
      });
    }

    const unreadable: readonly (readonly [string, (file: string) => Promise<unknown>, RegExp])[] = [
      ['missing.mp4', () => Promise.resolve(), / cannot be read; check that it exists/],
      ['folder.mp4', (file) => mkdir(file), / is a folder; name a video file/],
      ['text.mp4', (file) => writeFile(file, 'this is no video\n'), / is not a video that ffmpeg can open/],
      ['empty.mp4', (file) => writeFile(file, ''), / is not a video .*the file is empty/],
      ['sound.mp4', (file) => makeSound(file), / has no video stream/],
      [
        'cut.mp4',
        async (file) => cutFile(await makeVideo(file, { width: 64, height: 64 }), 0.5),
        / ends before its end/,
      ],
      [
        'short.mp4',
        (file) => makeVideo(file, { frames: 15 }),
        / is too short: from 0 s it has 15 frames .*takes 16 \(1\.33 s\)/,
      ],
    ];
    for (const [name, make, sentence] of unreadable) {
      it(`${name} in one sentence that names it`, async () => {
        const file = folder.path(name);
        await make(file);
        const error = await rejectionOf(predict(model, file, { hide: 'future:8' }));
        expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
        expect(error)
          .to.have.property('message')
          .that.satisfies((message: string) => message.startsWith(file));
        expect(error).to.have.property('message').that.matches(sentence).and.not.includes('\n');
      });
    }
  });

  it('ends with the reason of the signal before it reads, while it reads and while the model is at work', async () => {
    const reason = new Error('enough');
    const before = AbortSignal.abort(reason);
    expect(await rejectionOf(predict(model, video, { hide: 'future:8' }, { signal: before }))).to.equal(reason);

    const reading = new AbortController();
    const read = predict(model, video, { hide: 'future:8' }, { signal: reading.signal });
    reading.abort(reason);
    expect(await rejectionOf(read)).to.equal(reason);

    const filling = new AbortController();
    const call: LoadedModel['compute']['call'] = (...asked) => {
      filling.abort(reason);
      return model.compute.call(...asked);
    };
    const watched = { ...model, compute: { ...model.compute, call } };
    expect(await rejectionOf(predict(watched, video, { hide: 'future:8' }, { signal: filling.signal }))).to.equal(
      reason,
    );
  });
});
