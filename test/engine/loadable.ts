// Owns the question whether an optional package is here, answered while the suites are being declared.
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';

/** Whether one of the packages loads. */
export function isLoadable(...names: readonly string[]): boolean {
  const require = createRequire(import.meta.url);
  // Starts the default backend where none is yet: its name is not known before.
  tf.backend();
  const before = tf.getBackend();
  tf.env().set('PROD', true);
  try {
    return names.some((name) => {
      try {
        require(name);
        return true;
      } catch {
        return false;
      }
    });
  } finally {
    tf.env().set('PROD', false);
    void tf.setBackend(before);
  }
}
