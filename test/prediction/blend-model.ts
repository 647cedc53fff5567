// A model of the conv family that has learned nothing, so that it fills in by the linear blend of what is visible at each place.
import type { ConvConfig } from '../../lib/model/model-config.js';
import { openCompute } from '../../lib/run/compute.js';
import type { LoadedModel } from '../../lib/run/load-model.js';
import type { RunConfig } from '../../lib/run/run-config.js';

/** How the model that it stands for was trained. */
export type BlendModelOptions = {
  readonly network?: Partial<ConvConfig>;
  readonly hide?: readonly string[];
  readonly data?: Partial<RunConfig['data']>;
};

/** Reads clips of 8 frames of 16 × 16 at 12 frames a second; `compute.close` ends it. */
export async function openBlendModel({ network, hide, data }: BlendModelOptions = {}): Promise<LoadedModel> {
  const model: ConvConfig = {
    ...{ family: 'conv', size: 16, frames: 8, tubeletFrames: 1, patch: 4 },
    ...{ width: 8, depth: 1, innerWidth: 8, innerDepth: 1, ...network },
  };
  const config: RunConfig = {
    ...{ version: 1, preset: 'conv-tiny', model, objective: 'reconstruction' },
    ...{ hide: [...(hide ?? ['future:3', 'gap:3'])], weights: [1], duration: { unit: 'steps', amount: 1 } },
    ...{ batch: 1, flip: false, crop: 1, colour: 0, repeat: 1, learningRate: 1, warmUpSteps: 0, weightDecay: 0 },
    ...{ beta1: 0.9, beta2: 0.9, clipNorm: 1, seed: 0, engine: 'onnx', device: 'cpu', threads: 1 },
    data: { folder: 'none', fingerprint: 'none', validation: 0, fps: 12, stride: 1, fit: 'cover', ...data },
  };
  const compute = await openCompute({ model, engine: 'onnx', threads: 1 });
  await compute.call('initialise', { seed: 0 });
  return { folder: 'blend', config, compute, fingerprint: 'none' };
}
