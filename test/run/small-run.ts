// Owns the configuration of a run of a tiny model, for tests that need no training.
import type { ModelConfig } from '../../lib/model/model-config.js';
import type { RunConfig } from '../../lib/run/run-config.js';
import { smallConv } from '../model/small-models.js';

export function smallRun(changes: Partial<RunConfig> = {}, model: ModelConfig = smallConv): RunConfig {
  return {
    ...{
      version: 1,
      preset: 'conv-tiny',
      model,
      objective: 'reconstruction',
      loss: 'mse',
      hide: ['future:2', 'gap:1'],
    },
    ...{ weights: [0.75, 0.25], duration: { unit: 'steps', amount: 4 }, batch: 2, learningRate: 1e-3 },
    ...{ flip: true, crop: 1, colour: 0, hue: 0, repeat: 1, score: 1 },
    ...{
      warmUpSteps: 30,
      layerDecay: 1,
      smoothing: 0,
      weightDecay: 0.05,
      optimizer: 'adamw',
      beta1: 0.9,
      beta2: 0.95,
      clipNorm: 1,
      seed: 0,
    },
    ...{ engine: 'onnx', isBatchChosen: false, accumulate: 1, schedule: 'cosine', minLearningRate: 0, average: 0 },
    ...{ validateEvery: null, patience: null, init: null },
    ...{ device: 'cpu', threads: null },
    data: { folder: '/data', fingerprint: 'abc', validation: 0.1, fps: 12, stride: 1, fit: 'cover' },
    ...changes,
  };
}
