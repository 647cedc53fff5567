// Owns the opening of a trained model: configuration, weights, and the thread that runs it. Knows nothing of what it is used for.
import { stat } from 'node:fs/promises';
import { LacunaError } from '../clip/lacuna-error.js';
import type { DeviceName } from '../engine/device-names.js';
import type { EngineName } from '../engine/engine-names.js';
import { type Compute, openCompute } from './compute.js';
import { readModelConfig, type RunConfig } from './run-config.js';
import { readWeights } from './weights.js';

/** A trained model, ready to run. */
export type LoadedModel = {
  readonly folder: string;
  readonly config: RunConfig;
  readonly compute: Compute;
  /** What tells its weights from all others. */
  readonly fingerprint: string;
};

/** @throws {LacunaError} `usage` where a model fills nothing in. */
export function checkFills({ folder, config }: Pick<LoadedModel, 'folder' | 'config'>): void {
  if (config.model.classifier === undefined) return;
  throw new LacunaError(
    'usage',
    `${folder} tells classes apart and fills nothing in; name the model that it was fine-tuned from.`,
  );
}

/** How a model is run. */
export type LoadOptions = {
  /** Default: `onnx`. */
  readonly engine?: EngineName | undefined;
  /** What it computes on. Default: `cpu`. */
  readonly device?: DeviceName | undefined;
  /** Threads of the mathematics. Default: all cores. */
  readonly threads?: number | undefined;
};

/**
 * Opens the model of a run folder. `compute.close` ends it.
 * @throws {LacunaError} `input` where the folder is no run, has no weights, or damaged ones.
 */
export async function loadModel(
  folder: string,
  { engine = 'onnx', device = 'cpu', threads }: LoadOptions = {},
): Promise<LoadedModel> {
  await stat(folder).catch((cause: unknown) => {
    throw new LacunaError('input', `${folder} does not exist; name a folder that pretrain made.`, { cause });
  });
  const config = await readModelConfig(folder);
  const compute = await openCompute({ model: config.model, engine, device, threads });
  try {
    const { parameters, fingerprint } = await readWeights(folder, compute.layout);
    const moments = new Float32Array(parameters.length);
    await compute.call('writeState', { parameters, moments1: moments, moments2: moments });
    return { folder, config, compute, fingerprint };
  } catch (error) {
    await compute.close();
    throw error;
  }
}
