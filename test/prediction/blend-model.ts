// A model of the conv family that has learned nothing, so that it fills in by the linear blend of what is visible at each place.
import { type ConvConfig, convDefaults } from '../../lib/model/model-config.js';
import { openCompute } from '../../lib/run/compute.js';
import type { LoadedModel } from '../../lib/run/load-model.js';
import type { RunConfig } from '../../lib/run/run-config.js';
import { smallRun } from '../run/small-run.js';

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
    ...{ width: 8, depth: 1, innerWidth: 8, innerDepth: 1, ...convDefaults, ...network },
  };
  const { data: usual } = smallRun();
  const config = smallRun({ hide: [...(hide ?? ['future:3', 'gap:3'])], data: { ...usual, ...data } }, model);
  const compute = await openCompute({ model, engine: 'onnx', threads: 1 });
  await compute.call('initialise', { seed: 0 });
  return { folder: 'blend', config, compute, fingerprint: 'none' };
}
