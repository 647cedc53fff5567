import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { splitByVideo } from '../../lib/dataset/split.js';
import { readCheckpoint } from '../../lib/run/checkpoint.js';
import { checkpointName } from '../../lib/run/run-files.js';
import { loadModel } from '../../lib/run/load-model.js';
import { readRunConfig } from '../../lib/run/run-config.js';
import { readWeights } from '../../lib/run/weights.js';
import { pretrain } from '../../lib/training/pretrain.js';
import { averageDecayAt } from '../../lib/training/schedule.js';
import { createValidation, meanOfMix } from '../../lib/training/validation.js';
import { makeDataset, madeOptions } from '../dataset/made-dataset.js';
import { expectClose } from '../model/expect-close.js';
import { initialParameters, layoutOf } from '../model/small-models.js';
import { rejectionOf } from '../video/made-videos.js';
import { makeMovingDataset } from './moving-dataset.js';
import { smallRuns } from './small-runs.js';

describe('train', () => {
  const { folder, asked, metricsOf, exactPart, killAfter, stopAfter } = smallRuns();
  /** Everything at once, so that whatever is not kept exactly shows. */
  const everything = { steps: 10, accumulate: 2, average: 0.5, validateEvery: 3, patience: 9, keep: 1 };

  it('comes to the same bytes wherever it was stopped, with all that it can do', async () => {
    await pretrain(asked('whole', everything));
    const options = asked('stopped', everything);
    await stopAfter(2, options);
    // Between a measurement, which is logged by then, and the checkpoint that belongs to it.
    await killAfter(6, options);
    expect(await metricsOf('stopped')).to.have.length(6);
    expect((await readCheckpoint(options.out))?.position.step).to.equal(3);
    await stopAfter(9, options);
    await pretrain(options);
    expect(await exactPart('stopped')).to.deep.equal(await exactPart('whole'));
    // The newest, and the one that it would go back to.
    const names = await readdir(folder.path('stopped/checkpoints'));
    expect(names).to.have.members(['best', checkpointName(10)]);
  });

  it('logs how held-out vectors lie, and comes to the same bytes with that', async () => {
    const dataset = await makeMovingDataset(folder.path('more'), [5, 5, 5, 5]);
    const options = { dataset, hide: ['future:2'], steps: 6, validateEvery: 3 };
    await pretrain(asked('watched', options));
    await stopAfter(4, asked('watched-stopped', options));
    await pretrain(asked('watched-stopped', options));
    expect(await exactPart('watched-stopped')).to.deep.equal(await exactPart('watched'));
    const looks = (await metricsOf('watched')).filter(({ steadiness }) => steadiness !== undefined);
    expect(looks.map(({ step }) => step)).to.deep.equal([3, 6]);
    for (const { steadiness } of looks) {
      expect(steadiness).to.have.all.keys('uniformity', 'effectiveRank', 'changed');
    }
  });

  it('holds clips of one source against others where the loss says so', async () => {
    const alike = { hide: ['future:2'], steps: 1, batch: 4, repeat: 2, flip: false, validation: 0 };
    await pretrain(asked('alone', { ...alike, loss: 'mse' }));
    await pretrain(asked('against', { ...alike, loss: 'mse+contrast:1' }));
    const [alone, against] = [(await metricsOf('alone'))[0], (await metricsOf('against'))[0]];
    expect((against?.loss ?? NaN) - (alone?.loss ?? NaN)).to.be.above(0.01);
  });

  it('measures each kind of mask on held-out clips every so many steps, and keeps the best model', async () => {
    const metrics = await metricsOf('whole');
    const measured = metrics.filter(({ validation }) => validation !== undefined);
    expect(measured.map(({ step }) => step)).to.deep.equal([3, 6, 9, 10]);
    const config = await readRunConfig(folder.path('whole'));
    if (config === undefined) throw new Error('there is no configuration');
    const losses = measured.map(({ validation = {} }) => meanOfMix(config, validation));
    const { best } = (await readCheckpoint(folder.path('whole')))?.position.validation ?? {};
    const least = Math.min(...losses);
    expect(best).to.deep.equal({ step: measured[losses.indexOf(least)]?.step, loss: least });
    // The best opens as a model, and is as good as was said.
    const { compute } = await loadModel(folder.path('whole/checkpoints/best'), { threads: 1 });
    const dataset = await openDataset(folder.path('data'));
    const rows = splitByVideo(dataset, { validation: 0.25, seed: 5 }).validation;
    const again = await createValidation(dataset, rows, config, compute)?.measure();
    await dataset.close();
    await compute.close();
    expect(again).to.deep.equal(measured[losses.indexOf(least)]?.validation);
  });

  it('logs the loss of each kind of mask of a step, and draws one for each micro-batch', async () => {
    const metrics = await metricsOf('whole');
    const mixed = metrics.filter(({ losses }) => losses !== undefined);
    expect(mixed.length).to.be.within(1, 9);
    for (const { loss, losses = {} } of mixed) {
      expect(Object.keys(losses)).to.have.members(['future:2', 'patches:0.5']);
      expect(loss).to.be.closeTo(Object.values(losses).reduce((sum, value) => sum + value, 0) / 2, 1e-12);
    }
    expect(metrics.length - mixed.length).to.equal(metrics.filter(({ hide }) => hide !== undefined).length);
  });

  it('makes the steps of one large batch out of micro-batches', async () => {
    const alike = { hide: ['future:2'], flip: false, steps: 4, validation: 0 };
    await pretrain(asked('large', { ...alike, batch: 6 }));
    await pretrain(asked('micro', { ...alike, batch: 2, accumulate: 3 }));
    const [large, micro] = await Promise.all(['large', 'micro'].map(metricsOf));
    for (const [index, { loss, gradientNorm }] of (large ?? []).entries()) {
      expect(micro?.[index]?.loss).to.be.closeTo(loss, 1e-5 * loss);
      expect(micro?.[index]?.gradientNorm).to.be.closeTo(gradientNorm, 1e-4 * gradientNorm);
    }
  });

  it('averages the weights, and makes the average the model', async () => {
    const options = asked('averaged', { steps: 3, average: 0.5 });
    const config = await readRunConfig(folder.path('whole'));
    if (config === undefined) throw new Error('there is no configuration');
    let expected = initialParameters(config.model, 5);
    for (let step = 0; step < 3; step++) {
      await (step < 2 ? stopAfter(step + 1, options) : pretrain(options));
      const { state } = (await readCheckpoint(options.out)) ?? {};
      const stays = averageDecayAt(0.5, step);
      expected = expected.map((value, index) => stays * value + (1 - stays) * (state?.parameters[index] ?? NaN));
      expectClose(state?.averages ?? [], expected, 1e-6, `after step ${step + 1}`);
      expect((await readWeights(options.out, layoutOf(config.model))).parameters).to.deep.equal(state?.averages);
      expect(state?.averages).not.to.deep.equal(state?.parameters);
    }
  });

  it('begins with the weights of another run, and ends early with the best model where nothing gets better', async () => {
    const alike = { hide: ['future:2'] };
    await pretrain(asked('first', { ...alike, steps: 25, warmUp: 0 }));
    const worse = {
      ...alike,
      init: folder.path('first'),
      steps: 500,
      learningRate: 0.05,
      warmUp: 12,
      validateEvery: 2,
    };
    const options = asked('worse', { ...worse, patience: 2 });
    const result = await pretrain(options);
    expect(result).to.deep.include({ stoppedEarly: true });
    const step = result.best?.step ?? NaN;
    expect(result.steps).to.equal(step + 4);
    const weights = async (of: string) => readFile(folder.path(`${of}/model.safetensors`));
    expect(await weights('worse')).to.deep.equal(await weights('worse/checkpoints/best'));
    const config = await readRunConfig(options.out);
    if (config === undefined) throw new Error('there is no configuration');
    const { parameters } = await readWeights(options.out, layoutOf(config.model));
    expect(parameters).not.to.deep.equal((await readCheckpoint(options.out))?.state.parameters);
    // It began where the first run ended, and it stays as it is.
    const [begun, first] = await Promise.all([metricsOf('worse'), metricsOf('first')]);
    expect(begun[0]?.loss).to.be.below((first[0]?.loss ?? NaN) / 2);
    expect(await pretrain(options)).to.deep.equal(result);
    expect(await rejectionOf(pretrain({ ...options, init: folder.path('whole') })))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.includes('it began with other weights');
  });

  it('refuses to wait for a better measurement where no clips are held out', async () => {
    const none = await rejectionOf(
      pretrain(asked('never', { hide: ['future:2'], steps: 2, validation: 0, patience: 2 })),
    );
    expect(none).to.have.property('kind', 'usage');
    expect(none)
      .to.have.property('message')
      .that.matches(/^--patience needs measurements on held-out clips, and there are none/);
    expect(await readdir(folder.path('.'))).not.to.include('never');
  });

  it('refuses to begin with another network, and says how it differs', async () => {
    const wrong = await rejectionOf(pretrain(asked('never', { init: folder.path('first'), preset: 'conv-small' })));
    expect(wrong).to.have.property('kind', 'usage');
    expect(wrong)
      .to.have.property('message')
      .that.matches(/--init .*first .*width is 64 there and 96 here.*conv-tiny/);
    const none = await rejectionOf(pretrain(asked('never', { init: folder.path('data') })));
    expect(none)
      .to.have.property('message')
      .that.matches(/--init .*data is no model/);
    expect(await readdir(folder.path('.'))).not.to.include('never');
  });

  it('learns one clip by heart', async () => {
    const noise = Uint8Array.from({ length: 4 * 16 * 16 * 3 }, (_, index) => (index * 7919) % 251);
    await makeDataset(folder.path('one'), [1], { ...madeOptions, size: 16 }, () => noise);
    const options = {
      dataset: folder.path('one'),
      hide: ['future:2'],
      validation: 0,
      batch: 1,
      flip: false,
      steps: 80,
    };
    await pretrain(asked('one-run', { ...options, warmUp: 5 }));
    const losses = (await metricsOf('one-run')).map(({ loss }) => loss);
    expect(losses.at(-1)).to.be.below((losses[0] ?? NaN) / 50);
  });
});
