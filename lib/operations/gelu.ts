// Owns the Gaussian error linear unit and its gradient. Knows nothing of models.
import * as tf from '@tensorflow/tfjs';
import { named, runForOne, type Operation } from './operation.js';

/** `x · Φ(x)`, Φ the normal distribution function, exact (Hendrycks and Gimpel 2016, section 2); the shape of `x`. */
export function gelu(x: tf.Tensor): tf.Tensor {
  return runForOne(geluOperation, { x });
}

/** Φ(x) = (1 + erf(x/√2)) / 2 */
function normalDistribution(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** See {@link gelu}. */
export const geluOperation: Operation = {
  name: 'Lacuna.Gelu',
  compose: (inputs) => {
    const x = named(inputs, 'x');
    return [tf.mul(x, normalDistribution(x))];
  },
  emit: (graph, inputs) => {
    const x = named(inputs, 'x');
    return [graph.node('Gelu', [x], { shape: x.shape }, { domain: 'com.microsoft' })];
  },
  gradient: {
    inputs: ['x'],
    compute: (gradient, [x]) => {
      if (x === undefined) throw new Error('GELU lost what it saved');
      // (x Φ(x))' = Φ(x) + x φ(x),  φ(x) = exp(−x²/2) / √(2π)
      const density = () => tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return { x: () => tf.mul(gradient, tf.add(normalDistribution(x), tf.mul(x, density()))) };
    },
  },
};
