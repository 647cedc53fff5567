import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { predict } from '../../lib/prediction/predict.js';
import { predictVideo } from '../../lib/prediction/predict-video.js';
import { type Embedding, embedVideos } from '../../lib/representation/embed-videos.js';
import { openModel } from '../../lib/representation/trained-model.js';
import { loadModel } from '../../lib/run/load-model.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('openModel', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let video: string;
  before(async () => {
    given = await trainedRun();
    video = given.videos[0] ?? '';
  });

  const collect = async (embeddings: AsyncIterable<Embedding>): Promise<Embedding[]> => {
    const all: Embedding[] = [];
    for await (const embedding of embeddings) all.push(embedding);
    return all;
  };

  it('predicts and embeds as the model itself until it is closed, and passes the controls on', async () => {
    const [model, loaded] = await Promise.all([
      openModel(given.run, { threads: 1 }),
      loadModel(given.run, { threads: 1 }),
    ]);
    try {
      const what = { hide: 'patches:0.5', startSeconds: 1, seed: 2 };
      expect(await model.predict(video, what)).to.deep.equal(await predict(loaded, video, what));
      const whole = await model.predictVideo(video, { hide: 'gap:4-5' });
      const expected = await predictVideo(loaded, video, { hide: 'gap:4-5' });
      expect(whole.filled).to.deep.equal(expected.filled);
      for await (const frame of whole.frames) {
        const { value } = await expected.frames.next();
        expect(frame).to.deep.equal(value);
      }
      expect((await expected.frames.next()).done).to.equal(true);
      expect(await collect(model.embed([video]))).to.deep.equal(await collect(embedVideos(loaded, [video])));

      const failures: string[] = [];
      await writeFile(folder.path('text.mp4'), 'this is no video\n');
      const onFailure = ({ video: name }: { video: string }) => failures.push(name);
      expect(await collect(model.embed([folder.path('text.mp4')], { onFailure }))).to.deep.equal([]);
      expect(failures).to.deep.equal(['text.mp4']);

      const reason = new Error('enough');
      const controls = { signal: AbortSignal.abort(reason) };
      expect(await rejectionOf(model.predict(video, what, controls))).to.equal(reason);
      expect(await rejectionOf(model.predictVideo(video, { extend: 2 }, controls))).to.equal(reason);
      expect(await rejectionOf(collect(model.embed([video], {}, controls)))).to.equal(reason);
      const weights = await readFile(join(given.run, 'model.safetensors'));
      expect(model.fingerprint).to.equal(createHash('sha256').update(weights).digest('hex'));
    } finally {
      await Promise.all([model.close(), loaded.compute.close()]);
    }
    await model.close();
    const error = await rejectionOf(model.predict(video, { hide: 'future:8' }));
    expect(error).to.have.property('message', 'the model was used after it was closed');
  });

  it('refuses an engine that does not exist, and options that it does not know', async () => {
    for (const [options, sentence] of [
      [{ engine: 'gpu' as 'onnx' }, /engine: .*"onnx"\|"tensorflow"\|"reference", got "gpu"/],
      [{ device: 'gpu' as 'cpu' }, /device: .*"cpu"\|"webgpu"\|"cuda", got "gpu"/],
      [{ threads: 0 }, /threads: .*, got 0/],
      [Object.assign({ threads: 1 }, { cores: 2 }), /"cores"/],
    ] as const) {
      const error = await rejectionOf(openModel(folder.path('missing'), options));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error).to.have.property('message').that.matches(sentence);
    }
  });

  const damaged: readonly (readonly [string, (run: string) => Promise<unknown>, RegExp])[] = [
    ['a folder that is not there', () => Promise.resolve(), / does not exist; name a folder that pretrain made/],
    ['a folder without a configuration', (run) => mkdir(run), / is no model: it has no config\.json/],
    [
      'a configuration of something else',
      async (run) => {
        await mkdir(run);
        await writeFile(join(run, 'config.json'), '{"model_type":"videomae"}');
      },
      /config\.json is not the configuration of a run of Lacuna/,
    ],
    [
      'a run without weights',
      async (run) => {
        await mkdir(run);
        await cp(join(given.run, 'config.json'), join(run, 'config.json'));
      },
      / has no weights \(model\.safetensors\); train it/,
    ],
    [
      'weights that are cut off',
      async (run) => {
        await cp(given.run, run, { recursive: true });
        await truncate(join(run, 'model.safetensors'), 100_000);
      },
      /model\.safetensors /,
    ],
  ];
  for (const [index, [name, make, sentence]] of damaged.entries()) {
    it(`refuses ${name} in one sentence that names it`, async () => {
      const run = folder.path(`run-${index}`);
      await make(run);
      const error = await rejectionOf(openModel(run, { threads: 1 }));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.includes(run).and.matches(sentence).and.not.includes('\n');
    });
  }
});
