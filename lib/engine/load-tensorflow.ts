// Owns the loading of the optional package that gives tfjs its TensorFlow backend. Knows nothing of engines.
import { LacunaError } from '../clip/lacuna-error.js';

/** The packages that register the backend, the fastest first. */
export const tensorflowPackages: readonly string[] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/**
 * Loads the first package that registers the backend `tensorflow`, and gives its name.
 * @throws {LacunaError} `input` where none does.
 */
export async function loadTensorflow(): Promise<string> {
  const causes: unknown[] = [];
  for (const name of tensorflowPackages) {
    try {
      // Only now: asking what engines there are must not load tfjs.
      const { keepingBackend, withBackend } = await import('./with-backend.js');
      await keepingBackend(() => import(name));
      withBackend('tensorflow', () => undefined);
      return name;
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new LacunaError(
    'input',
    'The engine tensorflow needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node, and neither loads; install one, or use --engine onnx.',
    { cause: new AggregateError(causes, 'each package that was tried') },
  );
}
