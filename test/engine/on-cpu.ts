// Owns a way to compute with tfjs on its own CPU backend, for tests of functions over tensors.
import * as tf from '@tensorflow/tfjs';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import { withBackend } from '../../lib/engine/with-backend.js';

/** The numbers of the tensors that `compute` gives; all tensors are freed. */
export function onCpu(compute: () => readonly tf.Tensor[]): number[][] {
  // Starts the backend, and makes the operations known to it.
  createEagerEngine('cpu');
  return withBackend('cpu', () => {
    tf.engine().startScope('test');
    try {
      return compute().map((tensor) => [...tensor.dataSync()]);
    } finally {
      tf.engine().endScope();
    }
  });
}
