// Owns normalisation over the last axis and its gradient. Knows nothing of models.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { emitProduct } from './emit-product.js';
import { named, runForOne, runForGradients, type Operation } from './operation.js';
import { emitRowSum } from './row-sum.js';
import { tf } from './tfjs.js';

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

/** See {@link layerNorm}. */
export const layerNormOperation: Operation = {
  name: 'Lacuna.LayerNorm',
  compose: (inputs, attributes) => {
    const { normalised } = normalise(named(inputs, 'x'), named(attributes, 'epsilon'));
    return [tf.add(tf.mul(normalised, named(inputs, 'scale')), named(inputs, 'shift'))];
  },
  emit: (graph, inputs, attributes) => {
    const [x, scale, shift] = [named(inputs, 'x'), named(inputs, 'scale'), named(inputs, 'shift')];
    return [emitLayerNorm(graph, x, scale, shift, named(attributes, 'epsilon')).output];
  },
  gradient: {
    inputs: ['x', 'scale'],
    compute: (gradient, [x, scale], attributes) => {
      if (x === undefined || scale === undefined) throw new Error('layer norm lost what it saved');
      const [input, ofScale, ofShift] = runForGradients(layerNormGradient, { x, scale, gradient }, attributes);
      return { x: input, scale: ofScale, shift: ofShift };
    },
  },
};

/** The gradients with respect to `x`, `scale` and `shift`; what was normalised is computed anew, in one pass. */
export const layerNormGradient: Operation = {
  name: 'Lacuna.LayerNormGradient',
  compose: (inputs, attributes) => {
    const [x, scale, gradient] = [named(inputs, 'x'), named(inputs, 'scale'), named(inputs, 'gradient')];
    const { normalised, inverseDeviation } = normalise(x, named(attributes, 'epsilon'));
    const outer = x.shape.slice(0, -1).map((_, axis) => axis);
    // ∂x̂ = ∂y · scale;  ∂x = (∂x̂ − mean(∂x̂) − x̂ · mean(∂x̂ · x̂)) / deviation
    const inner = tf.mul(gradient, scale);
    const along = tf.mean(tf.mul(inner, normalised), -1, true);
    const centred = tf.sub(tf.sub(inner, tf.mean(inner, -1, true)), tf.mul(normalised, along));
    return [tf.mul(centred, inverseDeviation), tf.sum(tf.mul(gradient, normalised), outer), tf.sum(gradient, outer)];
  },
  emit: (graph, inputs, attributes) => {
    const [x, scale, given] = [named(inputs, 'x'), named(inputs, 'scale'), named(inputs, 'gradient')];
    const width = x.shape.at(-1) ?? 1;
    const rows = [x.shape.reduce((product, size) => product * size, 1) / width, width];
    const flat = (value: OnnxValue) => graph.node('Reshape', [value, graph.integers(rows)], { shape: rows });
    const [input, gradient] = [flat(x), flat(given)];
    const [ones, noShift] = [graph.expand(graph.scalar(1), [width]), graph.expand(graph.scalar(0), [width])];
    const epsilon = named(attributes, 'epsilon');
    const { output: normalised, inverseDeviation } = emitLayerNorm(graph, input, ones, noShift, epsilon);
    const multiply = (a: OnnxValue, b: OnnxValue) => graph.node('Mul', [a, b], { shape: a.shape });
    const subtract = (a: OnnxValue, b: OnnxValue) => graph.node('Sub', [a, b], { shape: a.shape });
    // The means of ∂y · scale and of ∂y · x̂ · scale along the rows, as products with scale / D.
    const share = graph.node('Mul', [scale, graph.scalar(1 / width)], { shape: [width] });
    const column = graph.node('Reshape', [share, graph.integers([width, 1])], { shape: [width, 1] });
    const weighted = multiply(gradient, normalised);
    const mean = emitProduct(graph, gradient, column);
    const along = emitProduct(graph, weighted, column);
    const centred = subtract(subtract(multiply(gradient, scale), mean), multiply(normalised, along));
    const ofInput = multiply(centred, inverseDeviation);
    return [
      graph.node('Reshape', [ofInput, graph.integers(x.shape)], { shape: x.shape }),
      emitRowSum(graph, weighted),
      emitRowSum(graph, gradient),
    ];
  },
};

function normalise(x: tf.Tensor, epsilon: number): { normalised: tf.Tensor; inverseDeviation: tf.Tensor } {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const inverseDeviation = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return { normalised: tf.mul(centred, inverseDeviation), inverseDeviation };
}

function emitLayerNorm(
  graph: OnnxGraph,
  x: OnnxValue,
  scale: OnnxValue,
  shift: OnnxValue,
  epsilon: number,
): { output: OnnxValue; inverseDeviation: OnnxValue } {
  const statistic = { shape: [...x.shape.slice(0, -1), 1], isOptional: true };
  const [output, , inverseDeviation] = graph.nodes(
    'LayerNormalization',
    [x, scale, shift],
    [{ shape: x.shape }, statistic, statistic],
    { attributes: { axis: -1, epsilon: { float: epsilon } } },
  );
  if (output === undefined || inverseDeviation === undefined) throw new Error('LayerNormalization gave no value');
  return { output, inverseDeviation };
}
