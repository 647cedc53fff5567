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
      ...{ crop: 1, colour: 0, repeat: 1, score: 1 },
      ...{ engine: 'onnx', device: 'cpu', overwrite: false },
    });
  });

  it('keeps what is given, and takes undefined for nothing', () => {
    const given: PretrainOptions = {
      ...asked,
      ...{ weights: [1], preset: 'vit-tiny', objective: 'reconstruction', validation: 0, steps: 5, batch: 1 },
      ...{ crop: 0.5, colour: 1, repeat: 1, score: 0.5 },
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
    ['validation', { validation: 0.95 }],
    ['validation', { validation: -0.1 }],
    ['steps', { steps: 0 }],
    ['steps', { steps: 1.5 }],
    ['epochs', { epochs: 0 }],
    ['minutes', { minutes: -1 }],
    ['minutes', { minutes: Infinity }],
    ['batch', { batch: 0 }],
    ['batch', { batch: 4097 }],
    ['flip', { flip: 'yes' }],
    ['crop', { crop: 0 }],
    ['crop', { crop: 1.1 }],
    ['colour', { colour: -0.1 }],
    ['colour', { colour: 1.1 }],
    ['score', { score: 0 }],
    ['score', { score: 1.5 }],
    ['repeat', { repeat: 0 }],
    ['repeat', { repeat: 1.5 }],
    ['learningRate', { learningRate: 0 }],
    ['learningRate', { learningRate: NaN }],
    ['seed', { seed: -1 }],
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
      ...{ batch: 5, flip: true, learningRate: 2e-3, warmUpSteps: 30, weightDecay: 0.05, beta1: 0.9, beta2: 0.95 },
      ...{ crop: 1, colour: 0, repeat: 1, score: 1 },
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
    const changes = { crop: 0.5, colour: 0.2, repeat: 4, score: 0.5 };
    expect(resolve(changes)).to.include(changes);
    const large = { ...dataset, shape: { frames: 16, height: 64, width: 64, channels: 3 } };
    expect(resolve({ preset: 'vit-tiny' }, large)).to.include({ learningRate: 5e-4 });
  });

  it('writes masks in one way and weights of sum 1', () => {
    const config = resolve({ hide: [' future:2', 'patches:0.50 + gap:1'], weights: [3, 1] });
    expect(config.hide).to.deep.equal(['future:2', 'patches:0.5+gap:1']);
    expect(config.weights).to.deep.equal([0.75, 0.25]);
  });

  const wrong: readonly (readonly [string, Partial<PretrainOptions>, RegExp])[] = [
    ['an unknown preset', { preset: 'conv-tni' }, /conv-tni.*conv-tiny/],
    ['a preset for other clips', { preset: 'vit-tiny' }, /vit-tiny.*4 × 16 × 16 × 3/],
    ['nothing to hide', { hide: [] }, /--hide must be given/],
    ['an unknown kind of mask', { hide: ['future:2', 'futre:2'] }, /futre/],
    ['a mask that hides everything', { hide: ['future:4'] }, /future:4/],
    ['a mask that is no part of the clip', { hide: ['gap:3-9'] }, /gap:3-9/],
    ['too few weights', { hide: ['future:2', 'gap:1'], weights: [1] }, /--weights/],
    ['a weight of 0', { weights: [0] }, /--weights/],
  ];
  for (const [what, changes, sentence] of wrong) {
    it(`refuses ${what}`, () => expect(refusalOf(() => resolve(changes))).to.match(sentence));
  }
});
