// Owns the Gaussian error linear unit and its gradient. Knows nothing of models.
import type { OnnxValue } from '../formats/onnx-graph.js';
import { named, runForOne, type Operation } from './operation.js';
import { tf } from './tfjs.js';

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
      return { x: () => runForOne(geluGradient, { x, gradient }) };
    },
  },
};

/** (x Φ(x))' = Φ(x) + x φ(x),  φ(x) = exp(−x²/2) / √(2π), times the gradient. */
export const geluGradient: Operation = {
  name: 'Lacuna.GeluGradient',
  compose: (inputs) => {
    const [x, gradient] = [named(inputs, 'x'), named(inputs, 'gradient')];
    const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [tf.mul(gradient, tf.add(normalDistribution(x), tf.mul(x, density)))];
  },
  emit: (graph, inputs) => {
    const [x, gradient] = [named(inputs, 'x'), named(inputs, 'gradient')];
    const result = { shape: x.shape };
    const binary = (operator: 'Add' | 'Div' | 'Mul', a: OnnxValue, b: OnnxValue) =>
      graph.node(operator, [a, b], result);
    // With z = x/√2 it is (1 + erf(z) + 2/√π · z / exp(z²)) / 2, in as few passes as there are kernels for; where the
    // exponential overflows, the quotient is 0, as it should be. The half goes into the product that the gradient comes from.
    const z = binary('Mul', x, graph.scalar(Math.SQRT1_2));
    const quotient = binary('Div', z, graph.node('Exp', [binary('Mul', z, z)], result));
    const sum = binary(
      'Add',
      graph.node('Erf', [z], result),
      binary('Mul', quotient, graph.scalar(2 / Math.sqrt(Math.PI))),
    );
    return [binary('Mul', binary('Mul', gradient, graph.scalar(0.5)), binary('Add', sum, graph.scalar(1)))];
  },
};
