import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { resolvePreset } from '../../lib/model/presets.js';
import { checkPretrainOptions, type PretrainOptions, resolveRunConfig } from '../../lib/training/pretrain-options.js';
import { makeDataset, madeOptions } from '../dataset/made-dataset.js';
import { temporaryFolder } from '../video/made-videos.js';

const asked: PretrainOptions = { dataset: 'data', out: 'run', hide: ['future:2'] };

/** The sentence of the refusal. */
function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was not refused');
}

describe('checkPretrainOptions', () => {
  it('puts every default in its place that does not depend on the dataset', () => {
    expect(checkPretrainOptions(asked)).to.deep.equal({
      ...asked,
      ...{ preset: 'conv-tiny', objective: 'reconstruction', validation: 0.1, batch: 8, flip: true, seed: 0 },
      ...{ crop: 1, colour: 0, hue: 0, repeat: 1, score: 1, loss: 'mse', layerDecay: 1 },
      ...{ accumulate: 1, average: 0, keep: 2 },
      ...{ warmUp: 30, schedule: 'cosine', minLearningRate: 0, weightDecay: 0.05, beta2: 0.95, clipNorm: 1 },
      ...{ optimizer: 'adamw', engine: 'onnx', device: 'cpu', overwrite: false },
    });
  });

  it('keeps what is given, and takes undefined for nothing', () => {
    const given: PretrainOptions = {
      ...asked,
      ...{ weights: [1], preset: 'vit-tiny', objective: 'reconstruction', validation: 0.2, steps: 5, batch: 'auto' },
      ...{
        crop: 0.5,
        colour: 1,
        hue: 0.5,
        repeat: 1,
        score: 0.5,
        accumulate: 4,
        average: 0.999,
        keep: 1,
        validateEvery: 10,
        patience: 3,
      },
      ...{ warmUp: 0, schedule: 'cosine', minLearningRate: 0.01, weightDecay: 0, beta2: 0.999, clipNorm: 5 },
      ...{ init: 'other', loss: 'l1', layerDecay: 0.75, optimizer: 'muon' },
      ...{ target: 'residual', attention: 'divided', decoder: 'cross', dropPath: 0.1 },
      ...{ flip: false, learningRate: 0.1, seed: 7, engine: 'reference', device: 'cpu', threads: 2, overwrite: true },
    };
    expect(checkPretrainOptions(given)).to.deep.equal(given);
    expect(checkPretrainOptions({ ...asked, batch: undefined, steps: undefined, epochs: 2 })).to.include({
      ...{ batch: 8, epochs: 2 },
    });
  });

  const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
    ['dataset', { dataset: '' }],
    ['out', { out: undefined }],
    ['hide', { hide: 'future:2' }],
    ['weights', { weights: ['1'] }],
    ['objective', { objective: 'guess' }],
    ['loss', { loss: 1 }],
    ['target', { target: 'words' }],
    ['attention', { attention: 'none' }],
    ['decoder', { decoder: 'conv' }],
    ['dropPath', { dropPath: 1 }],
    ['layerDecay', { layerDecay: 0 }],
    ['layerDecay', { layerDecay: 1.1 }],
    ['validation', { validation: 0.95 }],
    ['validation', { validation: -0.1 }],
    ['steps', { steps: 0 }],
    ['steps', { steps: 1.5 }],
    ['epochs', { epochs: 0 }],
    ['minutes', { minutes: -1 }],
    ['minutes', { minutes: Infinity }],
    ['batch', { batch: 0 }],
    ['batch', { batch: 4097 }],
    ['batch', { batch: 'most' }],
    ['accumulate', { accumulate: 0 }],
    ['warmUp', { warmUp: -1 }],
    ['schedule', { schedule: 'linear' }],
    ['minLearningRate', { minLearningRate: -1e-4 }],
    ['weightDecay', { weightDecay: 11 }],
    ['beta2', { beta2: 1 }],
    ['clipNorm', { clipNorm: 0 }],
    ['average', { average: 1 }],
    ['validateEvery', { validateEvery: -1 }],
    ['patience', { patience: 0 }],
    ['keep', { keep: 0 }],
    ['init', { init: '' }],
    ['flip', { flip: 'yes' }],
    ['crop', { crop: 0 }],
    ['crop', { crop: 1.1 }],
    ['colour', { colour: -0.1 }],
    ['colour', { colour: 1.1 }],
    ['hue', { hue: -0.1 }],
    ['hue', { hue: 0.6 }],
    ['score', { score: 0 }],
    ['score', { score: 1.5 }],
    ['repeat', { repeat: 0 }],
    ['repeat', { repeat: 1.5 }],
    ['learningRate', { learningRate: 0 }],
    ['learningRate', { learningRate: NaN }],
    ['seed', { seed: -1 }],
    ['optimizer', { optimizer: 'sgd' }],
    ['engine', { engine: 'jax' }],
    ['threads', { threads: 0 }],
    ['threads', { threads: 1025 }],
    ['overwrite', { overwrite: 1 }],
    ['stpes', { stpes: 100 }],
  ];
  for (const [name, changes] of wrong) {
    it(`refuses ${name} ${String(changes[name])} and names it`, () => {
      const given = { ...asked, ...changes };
      expect(refusalOf(() => checkPretrainOptions(given)))
        .to.match(/^pretrain cannot take these options: /)
        .and.include(name);
    });
  }

  it('refuses a batch that is no multiple of the clips that come from one', () => {
    expect(refusalOf(() => checkPretrainOptions({ ...asked, batch: 6, repeat: 4 }))).to.equal(
      '--batch must be a multiple of --repeat: 6 is none of 4.',
    );
    expect(checkPretrainOptions({ ...asked, batch: 6, repeat: 3 })).to.include({ batch: 6, repeat: 3 });
  });

  it('refuses patience where nothing is measured', () => {
    expect(refusalOf(() => checkPretrainOptions({ ...asked, patience: 2, validateEvery: 0 }))).to.equal(
      '--patience needs measurements on held-out clips, and --validate-every 0 makes none.',
    );
    // The dataset may say which clips they are.
    expect(checkPretrainOptions({ ...asked, patience: 2, validation: 0 })).to.include({ patience: 2 });
  });

  it('refuses an end of a rate that does not fall', () => {
    expect(refusalOf(() => checkPretrainOptions({ ...asked, schedule: 'constant', minLearningRate: 1e-5 }))).to.equal(
      '--min-lr 0.00001 goes with --schedule cosine: a constant rate does not fall.',
    );
  });

  it('refuses to begin with what would be replaced', () => {
    for (const init of ['run', './run/', 'run/checkpoints/best']) {
      expect(refusalOf(() => checkPretrainOptions({ ...asked, init }))).to.match(/^--init .* must not be --out itself/);
    }
    for (const init of ['run2', '../run', 'other/run', '..run']) {
      expect(checkPretrainOptions({ ...asked, init })).to.include({ init });
    }
  });

  it('refuses two ends', () => {
    expect(refusalOf(() => checkPretrainOptions({ ...asked, steps: 3, minutes: 2 }))).to.match(
      /^Give only one of --steps and --minutes:/,
    );
    expect(refusalOf(() => checkPretrainOptions({ ...asked, steps: 3, epochs: 1, minutes: 2 }))).to.include(
      '--steps and --epochs and --minutes',
    );
  });
});

describe('resolveRunConfig', () => {
  const folder = temporaryFolder();
  let dataset: Dataset;
  before(async () => {
    const options = { ...madeOptions, size: 16, fps: 24, stride: 2, fit: 'contain' as const };
    dataset = await openDataset(await makeDataset(folder.path('data'), [3], options));
  });
  after(() => dataset.close());
  const resolve = (changes: Partial<PretrainOptions> = {}, of: Dataset = dataset) =>
    resolveRunConfig(checkPretrainOptions({ ...asked, ...changes }), of, '/data');

  it('gives everything that decides the weights', () => {
    expect(resolve({ seed: 3, batch: 5, validation: 0.2 })).to.deep.equal({
      ...{ version: 1, preset: 'conv-tiny', model: resolvePreset('conv-tiny', dataset.shape) },
      ...{ objective: 'reconstruction', hide: ['future:2'], weights: [1], duration: { unit: 'minutes', amount: 10 } },
      ...{
        batch: 5,
        flip: true,
        learningRate: 2e-3,
        smoothing: 0,
        warmUpSteps: 30,
        weightDecay: 0.05,
        beta1: 0.9,
        beta2: 0.95,
      },
      ...{
        crop: 1,
        colour: 0,
        hue: 0,
        repeat: 1,
        score: 1,
        loss: 'mse',
        optimizer: 'adamw',
        layerDecay: 1,
        isBatchChosen: false,
        accumulate: 1,
        average: 0,
      },
      ...{ schedule: 'cosine', minLearningRate: 0, validateEvery: null, patience: null, init: null },
      ...{ clipNorm: 1, seed: 3, engine: 'onnx', device: 'cpu', threads: null },
      data: {
        ...{ folder: '/data', fingerprint: dataset.fingerprint, validation: 0.2 },
        ...{ fps: 24, stride: 2, fit: 'contain' },
      },
    });
  });

  it('takes each end, and other rates for other families', () => {
    expect(resolve({ steps: 7 }).duration).to.deep.equal({ unit: 'steps', amount: 7 });
    expect(resolve({ epochs: 1.5 }).duration).to.deep.equal({ unit: 'epochs', amount: 1.5 });
    expect(resolve({ minutes: 0.5 }).duration).to.deep.equal({ unit: 'minutes', amount: 0.5 });
    expect(resolve({ learningRate: 0.25, threads: 2, flip: false })).to.include({
      ...{ learningRate: 0.25, threads: 2, flip: false },
    });
    const changes = { crop: 0.5, colour: 0.2, hue: 0.1, repeat: 4, score: 0.5 };
    expect(resolve(changes)).to.include(changes);
    const large = { ...dataset, shape: { frames: 16, height: 64, width: 64, channels: 3 } };
    expect(resolve({ preset: 'vit-tiny' }, large)).to.include({ learningRate: 5e-4 });
  });

  it('takes what steers the optimiser and the measurements', () => {
    const changes = {
      ...{ schedule: 'cosine' as const, minLearningRate: 1e-4, weightDecay: 0.1, beta2: 0.99, clipNorm: 0.5 },
      ...{ accumulate: 3, average: 0.99, validateEvery: 7, patience: 2, optimizer: 'muon' as const },
    };
    expect(resolve({ ...changes, warmUp: 5 })).to.include({ ...changes, warmUpSteps: 5 });
    expect(resolve({ schedule: 'constant' })).to.include({ schedule: 'constant', minLearningRate: 0 });
    expect(resolve({ batch: 'auto' })).to.include({ batch: 8, isBatchChosen: true });
    expect(resolve({ batch: 'auto', repeat: 12 })).to.include({ batch: 12, isBatchChosen: true });
  });

  it('takes another network and another loss', () => {
    expect(resolve({ target: 'pixels' }).model).to.include({ family: 'conv', target: 'pixels' });
    const large = { ...dataset, shape: { frames: 16, height: 64, width: 64, channels: 3 } };
    const network = { target: 'normalised', attention: 'divided', decoder: 'cross', dropPath: 0.1 } as const;
    expect(resolve({ preset: 'vit-tiny', ...network }, large).model).to.include(network);
    expect(resolve({ loss: 'mse+contrast:.1', repeat: 2 })).to.include({ loss: 'mse+contrast:0.1' });
    expect(resolve({ loss: 'l1 + ssim:0.10', layerDecay: 0.75 })).to.include({ loss: 'l1+ssim:0.1', layerDecay: 0.75 });
  });

  it('writes masks in one way and weights of sum 1', () => {
    const config = resolve({ hide: [' future:2', 'patches:0.50 + gap:1'], weights: [3, 1] });
    expect(config.hide).to.deep.equal(['future:2', 'patches:0.5+gap:1']);
    expect(config.weights).to.deep.equal([0.75, 0.25]);
  });

  const wrong: readonly (readonly [string, Partial<PretrainOptions>, RegExp])[] = [
    ['an unknown preset', { preset: 'conv-tni' }, /conv-tni.*conv-tiny/],
    ['a preset for other clips', { preset: 'vit-tiny' }, /vit-tiny.*4 × 16 × 16 × 3/],
    ['what a conv has not', { decoder: 'cross' }, /--decoder goes with a vit preset/],
    ['an unknown loss', { loss: 'l2' }, /--loss l2 must begin with mse or l1/],
    ['clips held against none of their source', { loss: 'mse+contrast:1' }, /contrast:1 .* --repeat 2/],
    ['clips held against none of others', { loss: 'mse+contrast:1', repeat: 4, batch: 4 }, /--batch 8 .* --repeat 4/],
    ['frames of what has none', { target: 'normalised', loss: 'l1+ssim:1' }, /--loss l1\+ssim:1 .* --target pixels/],
    ['nothing to hide', { hide: [] }, /--hide must be given/],
    ['an unknown kind of mask', { hide: ['future:2', 'futre:2'] }, /futre/],
    ['a mask that hides everything', { hide: ['future:4'] }, /future:4/],
    ['a mask that is no part of the clip', { hide: ['gap:3-9'] }, /gap:3-9/],
    ['too few weights', { hide: ['future:2', 'gap:1'], weights: [1] }, /--weights/],
    ['a least rate above the highest', { minLearningRate: 0.01, learningRate: 0.001 }, /--min-lr 0.01 .*--lr 0.001/],
    ['a weight of 0', { weights: [0] }, /--weights/],
  ];
  for (const [what, changes, sentence] of wrong) {
    it(`refuses ${what}`, () => expect(refusalOf(() => resolve(changes))).to.match(sentence));
  }
});
