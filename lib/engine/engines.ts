// Owns the table of engines: how each is made, and what of it is found on this machine. Knows no model.
import { createEagerEngine } from './eager-engine.js';
import type { Engine } from './engine.js';
import { createOnnxEngine } from './onnx-engine.js';
import type { EngineName } from './engine-names.js';
import { loadTensorflow } from './load-tensorflow.js';

/** How an engine runs. */
export type EngineOptions = {
  /** Threads of one operation, where the engine lets them be chosen. Default: all cores. */
  readonly threads?: number | undefined;
};

/** How each engine is made. */
const engines: { readonly [Name in EngineName]: (options: EngineOptions) => Promise<Engine> } = {
  onnx: createOnnxEngine,
  tensorflow: async () => {
    await loadTensorflow();
    return createEagerEngine('tensorflow');
  },
  reference: () => Promise.resolve(createEagerEngine('cpu')),
};

/**
 * Makes an engine.
 * @throws {LacunaError} `input` where a package that it needs does not load.
 */
export function createEngine(name: EngineName, options: EngineOptions = {}): Promise<Engine> {
  return engines[name](options);
}
