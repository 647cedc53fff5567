// Owns normalisation over the last axis and its gradient. Knows nothing of models.
import * as tf from '@tensorflow/tfjs';
import { named, runForOne, type Operation } from './operation.js';

/**
 * `(x − mean) / √(variance + ε) · scale + shift` over the last axis (Ba, Kiros and Hinton 2016, equation 4).
 * @param x `[…, D]`
 * @param scale `[D]`
 * @param shift `[D]`
 * @returns the shape of `x`
 */
export function layerNorm(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor, epsilon: number): tf.Tensor {
  return runForOne(layerNormOperation, { x, scale, shift }, { epsilon });
}

/** See {@link layerNorm}; its second and third outputs are the mean and the inverse deviation, `[…, 1]`. */
export const layerNormOperation: Operation = {
  name: 'Lacuna.LayerNorm',
  compose: (inputs, attributes) => {
    const [x, scale, shift] = [named(inputs, 'x'), named(inputs, 'scale'), named(inputs, 'shift')];
    const mean = tf.mean(x, -1, true);
    const centred = tf.sub(x, mean);
    const variance = tf.mean(tf.square(centred), -1, true);
    const inverseDeviation = tf.rsqrt(tf.add(variance, named(attributes, 'epsilon')));
    return [tf.add(tf.mul(tf.mul(centred, inverseDeviation), scale), shift), mean, inverseDeviation];
  },
  emit: (graph, inputs, attributes) => {
    const [x, scale, shift] = [named(inputs, 'x'), named(inputs, 'scale'), named(inputs, 'shift')];
    const statistic = { shape: [...x.shape.slice(0, -1), 1], isOptional: true };
    return graph.nodes('LayerNormalization', [x, scale, shift], [{ shape: x.shape }, statistic, statistic], {
      attributes: { axis: -1, epsilon: { float: named(attributes, 'epsilon') } },
    });
  },
  gradient: {
    inputs: ['x', 'scale'],
    outputs: [false, true, true],
    compute: (gradient, [x, scale, mean, inverseDeviation]) => {
      if (x === undefined || scale === undefined || mean === undefined || inverseDeviation === undefined) {
        throw new Error('layer norm lost what it saved');
      }
      const normalised = tf.mul(tf.sub(x, mean), inverseDeviation);
      const outer = x.shape.slice(0, -1).map((_, axis) => axis);
      return {
        x: () => {
          // ∂x̂ = ∂y · scale;  ∂x = (∂x̂ − mean(∂x̂) − x̂ · mean(∂x̂ · x̂)) / deviation
          const inner = tf.mul(gradient, scale);
          const along = tf.mean(tf.mul(inner, normalised), -1, true);
          const centred = tf.sub(tf.sub(inner, tf.mean(inner, -1, true)), tf.mul(normalised, along));
          return tf.mul(centred, inverseDeviation);
        },
        scale: () => tf.sum(tf.mul(gradient, normalised), outer),
        shift: () => tf.sum(gradient, outer),
      };
    },
  },
};
