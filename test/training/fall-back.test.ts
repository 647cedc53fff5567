import { expect } from 'chai';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createRandom } from '../../lib/clip/random.js';
import { readCheckpoint } from '../../lib/run/checkpoint.js';
import { checkpointName } from '../../lib/run/run-files.js';
import { pretrain } from '../../lib/training/pretrain.js';
import { rejectionOf } from '../video/made-videos.js';
import { makeMovingDataset } from './moving-dataset.js';
import { smallRuns } from './small-runs.js';

describe('a training that diverges', () => {
  const { folder, asked, metricsOf, exactPart, stopAfter } = smallRuns();

  it('goes back once with half the rate, and is given up the second time', async () => {
    const options = asked('diverging', { steps: 20, learningRate: 1e30 });
    const notices: string[] = [];
    const controls = { onNotice: (sentence: string) => notices.push(sentence) };
    const error = await rejectionOf(pretrain(options, controls));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(error)
      .to.have.property('message')
      .that.matches(/diverged again at half the rate .* lower --lr\.$/);
    expect(notices).to.have.length(1);
    expect(notices[0]).to.match(
      /^the training diverged \(the .* of step \d+ is (NaN|Infinity)\); .* from step 0 with half/,
    );
    expect((await readCheckpoint(options.out))?.position).to.include({ step: 0, falls: 1 });
    const rates = (await metricsOf('diverging')).map(({ learningRate }) => learningRate);
    expect(rates[0]).to.be.closeTo(5e29 / 31, 1e24);
    // It knows that it has gone back already.
    expect(await rejectionOf(pretrain(options, controls)))
      .to.have.property('message')
      .that.includes('diverged again');
    expect(notices).to.have.length(1);
  });

  const options = (out: string) =>
    asked(out, { dataset: folder.path('spoilt'), steps: 44, validateEvery: 12, hide: ['future:2'], average: 0.5 });
  let shards: readonly { readonly file: string; readonly bytes: Buffer }[];
  before(async () => {
    const data = await makeMovingDataset(folder.path('spoilt'), [3, 3, 3, 3]);
    const names = await readdir(join(data, 'shards'));
    shards = names.map((name) => ({
      file: join(data, 'shards', name),
      bytes: readFileSync(join(data, 'shards', name)),
    }));
  });

  /** Trains on a dataset whose pixels turn black or white after step 26, until the training has gone back. */
  const trainThroughNoise = async (out: string, signal?: AbortSignal, onStep?: (done: number) => void) => {
    const random = createRandom(1, 'black or white');
    const notices: string[] = [];
    const trained = pretrain(options(out), {
      signal,
      onProgress: ({ done }) => {
        if (notices.length > 0) onStep?.(done);
        if (notices.length > 0 || done !== 26) return;
        for (const { file, bytes } of shards) {
          writeFileSync(
            file,
            bytes.map((byte, index) => (index < 128 ? byte : 255 * random.integer(2))),
          );
        }
      },
      onNotice: (sentence) => {
        notices.push(sentence);
        for (const { file, bytes } of shards) writeFileSync(file, bytes);
      },
    });
    return { end: await trained.catch((error: unknown) => error), notices };
  };

  it('goes back to where it was sound when the loss has jumped, and on to the end', async () => {
    const { end, notices } = await trainThroughNoise('jumped');
    expect(notices).to.have.length(1);
    expect(notices[0]).to.match(/the loss had jumped for many steps up to step \d+, .* from step 24 with half/);
    expect(end).to.include({ steps: 44, stoppedEarly: false, falls: 1 });
    const metrics = await metricsOf('jumped');
    expect(metrics.map(({ step }) => step)).to.deep.equal(Array.from({ length: 44 }, (_, index) => index + 1));
    // Half the rate from there on, in a warm-up in which it would have risen.
    const [before, after] = [metrics[23]?.learningRate ?? NaN, metrics[24]?.learningRate ?? NaN];
    expect(after / before).to.be.within(0.4, 0.6);
    expect((await readCheckpoint(folder.path('jumped')))?.position).to.include({ step: 44, falls: 1, anchor: 44 });
  });

  it('comes to the same bytes where it was stopped before and after it went back', async () => {
    await stopAfter(25, options('again'));
    const first = (await metricsOf('again'))[24];
    const stop = new AbortController();
    const reason = new Error('SIGINT');
    const kept: string[] = [];
    const { end, notices } = await trainThroughNoise('again', stop.signal, (done) => {
      if (done === 25) kept.push(...readdirSync(folder.path('again/checkpoints')));
      if (done === 27) stop.abort(reason);
    });
    // Whenever it had been killed, it would have gone on from where it went back to.
    expect(kept).to.include(checkpointName(24)).and.not.include(checkpointName(25));
    expect(end).to.equal(reason);
    expect(notices[0]).to.include('from step 24 with half');
    expect((await readCheckpoint(folder.path('again')))?.position).to.include({ step: 27, falls: 1, anchor: 24 });
    // With the same weights as the first time, and half the rate.
    expect((await metricsOf('again'))[24]).to.deep.equal({ ...first, learningRate: (first?.learningRate ?? NaN) / 2 });
    await pretrain(options('again'));
    expect(await exactPart('again')).to.deep.equal(await exactPart('jumped'));
  });
});
