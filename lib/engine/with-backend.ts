// Owns the switch of tfjs to another backend for the length of one synchronous call. Its engine is global: whoever uses tfjs
// beside Lacuna finds it as it was.
import { tf } from '../operations/tfjs.js';

/**
 * Runs something on a backend that is registered and starts synchronously.
 * @throws {Error} where there is no such backend, and where the caller's own has not finished starting.
 */
export function withBackend<Result>(name: string, run: () => Result): Result {
  const before = currentBackend();
  if (before === name) return run();
  switchTo(name);
  try {
    return run();
  } finally {
    switchTo(before);
  }
}

/** Loads something that makes itself the backend in use and warns of kernels that are there already; puts back what was. */
export async function keepingBackend<Result>(load: () => Promise<Result>): Promise<Result> {
  const before = currentBackend();
  const environment = tf.env();
  const isQuiet = environment.getBool('PROD');
  environment.set('PROD', true);
  try {
    return await load();
  } finally {
    environment.set('PROD', isQuiet);
    switchTo(before);
  }
}

/** The backend in use; where none is yet, tfjs starts the one that it would have started for the first tensor. */
function currentBackend(): string {
  const engine = tf.engine();
  if (!engine.backendNames().includes(engine.backendName)) tf.backend();
  return engine.backendName;
}

function switchTo(name: string): void {
  const found: unknown = tf.engine().findBackend(name);
  if (typeof found !== 'object' || found === null) throw new Error(`tfjs has no backend ${name} that starts at once`);
  // Of a backend that has started, the switch is done before the promise is given.
  void tf.setBackend(name);
}
