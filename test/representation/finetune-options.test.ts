import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import type { Dataset } from '../../lib/dataset/open-dataset.js';
import { clipShapeOfModel, type ModelConfig } from '../../lib/model/model-config.js';
import {
  classifierModel,
  type FinetuneOptions,
  finetuneSchema,
  listTrials,
  trialConfig,
} from '../../lib/representation/finetune-options.js';
import { smallConv, smallVit } from '../model/small-models.js';

const check = (options: Partial<FinetuneOptions> = {}) =>
  finetuneSchema.parse({ model: 'run', dataset: 'data', out: 'classifier', ...options });
const dataset: Dataset = {
  ...{ folder: '/data', shape: clipShapeOfModel(smallConv), fps: 12, stride: 1, fit: 'cover', fingerprint: 'abc' },
  ...{ clips: [], readClips: () => Promise.resolve(), close: () => Promise.resolve() },
};
const classifier = { labels: ['cat', 'dog'], pooling: 'mean' } as const;
const configOf = (
  model: ModelConfig,
  options: Partial<FinetuneOptions> = {},
  start: 'pretrained' | 'scratch' = 'pretrained',
) =>
  trialConfig(check(options), { start, learningRate: 0.01 }, classifierModel(model, classifier), 'small', dataset, 80);

describe('finetune-options', () => {
  it('tries the same rates from each start, of the family where none are given', () => {
    const trialsOf = (family: 'conv' | 'vit', options = {}) =>
      listTrials(check(options), family).map(({ start, learningRate }) => `${start} ${learningRate.toPrecision(2)}`);
    const three = (start: string, rates: readonly string[]) => rates.map((rate) => `${start} ${rate}`);
    const rates = ['0.00033', '0.0010', '0.0030'];
    expect(trialsOf('conv')).to.deep.equal([...three('pretrained', rates), ...three('scratch', rates)]);
    expect(trialsOf('vit', { scratch: false })).to.deep.equal(three('pretrained', ['0.00017', '0.00050', '0.0015']));
    expect(trialsOf('vit', { learningRates: [0.5] })).to.deep.equal(['pretrained 0.50', 'scratch 0.50']);
  });

  it('lets layers of a pretrained vit learn apart, and others only where that is asked for', () => {
    expect(configOf(smallVit).layerDecay).to.equal(0.75);
    expect(configOf(smallConv).layerDecay).to.equal(1);
    expect(configOf(smallConv, { layerDecay: 0.5 }).layerDecay).to.equal(0.5);
    expect(configOf(smallVit, { layerDecay: 0.5 }, 'scratch').layerDecay).to.equal(1);
  });

  it('counts steps by epochs, at least 200 where nothing is asked for', () => {
    const stepsOf = (options: Partial<FinetuneOptions>) => configOf(smallConv, options).duration.amount;
    expect(stepsOf({})).to.equal(200);
    expect(stepsOf({ batch: 8 })).to.equal(300);
    expect(stepsOf({ epochs: 3 })).to.equal(15);
    expect(stepsOf({ steps: 7, epochs: 3 })).to.equal(7);
    expect(configOf(smallConv, { steps: 100 }).warmUpSteps).to.equal(10);
  });

  it('passes on how clips are changed, and begins each draw with other random numbers', () => {
    const changes = { flip: false, crop: 0.5, colour: 0.4, hue: 0.1 };
    expect(configOf(smallConv, { ...changes, seed: 3, draw: 2 })).to.include({ ...changes, seed: 5, hue: 0.1 });
    expect(configOf(smallVit).model).to.deep.include({ classifier, dropPath: 0.1 });
    expect(configOf(smallConv).model).to.deep.equal({ ...smallConv, classifier });
    expect(() => classifierModel(smallConv, classifier, 0.3)).to.throw(LacunaError, /^--drop-path goes with a vit/);
  });
});
