// Owns the switch of tfjs to another backend for the length of one synchronous call. Its engine is global: whoever uses tfjs
// beside Lacuna finds it as it was.
import * as tf from '@tensorflow/tfjs';

/**
 * Runs something on a backend that is registered and starts synchronously.
 * @throws {Error} where there is no such backend.
 */
export function withBackend<Result>(name: string, run: () => Result): Result {
  const engine = tf.engine();
  const before: string | undefined = engine.backendName;
  if (before === name) return run();
  switchTo(name);
  try {
    return run();
  } finally {
    if (before !== undefined) switchTo(before);
  }
}

function switchTo(name: string): void {
  // Its promise is settled already where the backend starts synchronously; `backendName` says whether it did.
  void tf.setBackend(name);
  if (tf.engine().backendName !== name) throw new Error(`tfjs has no backend ${name} that starts at once`);
}
