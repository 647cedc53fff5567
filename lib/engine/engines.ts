// Owns the table of engines: how each is made, and what of it is found on this machine. Knows no model.
import { LacunaError } from '../clip/lacuna-error.js';
import type { DeviceName } from './device-names.js';
import { createEagerEngine } from './eager-engine.js';
import type { Engine } from './engine.js';
import { createOnnxEngine } from './onnx-engine.js';
import type { EngineName } from './engine-names.js';
import { loadTensorflow } from './load-tensorflow.js';

/** How an engine runs. */
export type EngineOptions = {
  /** Threads of one operation, where the engine lets them be chosen. Default: all cores. */
  readonly threads?: number | undefined;
  /** What it computes on. Default `cpu`. */
  readonly device?: DeviceName | undefined;
};

/** How each engine is made. */
const engines: { readonly [Name in EngineName]: (options: EngineOptions) => Promise<Engine> } = {
  onnx: createOnnxEngine,
  tensorflow: async ({ device }) => {
    refuseDevice('tensorflow', device);
    await loadTensorflow();
    return createEagerEngine('tensorflow');
  },
  reference: async ({ device }) => {
    refuseDevice('reference', device);
    return Promise.resolve(createEagerEngine('cpu'));
  },
};

function refuseDevice(engine: EngineName, device: DeviceName = 'cpu'): void {
  if (device === 'cpu') return;
  throw new LacunaError(
    'usage',
    `--device ${device} goes with --engine onnx; the engine ${engine} computes where its own package does.`,
  );
}

/**
 * Makes an engine.
 * @throws {LacunaError} `input` where a package that it needs does not load, or the device is not there; `usage` for an engine
 * that takes no device.
 */
export function createEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  return engines[name](options);
}
