// Owns a small model with inputs of every type and parameters of both kinds, and numbers for it.
import * as tf from '@tensorflow/tfjs';
import { createRandom } from '../../lib/clip/random.js';
import type { ForwardProgram, InputArrays, LossProgram, StateArrays } from '../../lib/engine/engine.js';
import { layOutParameters, type ParameterLayout } from '../../lib/engine/parameter-layout.js';
import { attend } from '../../lib/operations/attention.js';
import { gelu } from '../../lib/operations/gelu.js';
import { layerNorm } from '../../lib/operations/layer-norm.js';
import { linear } from '../../lib/operations/linear.js';
import { named, type Tensors } from '../../lib/operations/operation.js';

/** Its parameters, given in another order than that of the arena. */
export const smallLayout = layOutParameters([
  { name: 'embed.bias', shape: [6], decay: false },
  { name: 'embed.weight', shape: [6, 4], decay: true },
  { name: 'norm.scale', shape: [6], decay: false },
  { name: 'norm.shift', shape: [6], decay: false },
  { name: 'query.weight', shape: [6, 6], decay: true },
  { name: 'head.weight', shape: [4, 6], decay: true },
  { name: 'head.bias', shape: [4], decay: false },
]);

/** The same with an inner matrix. */
export const smallInnerLayout = layOutParameters(
  smallLayout.places.map(({ name, shape, decay }) => ({ name, shape, decay, inner: name === 'query.weight' })),
);

const inputs = {
  pixels: { type: 'uint8', shape: [2, 3, 4] },
  order: { type: 'int32', shape: [6] },
  target: { type: 'float32', shape: [6, 4] },
} as const;

function predict(parameters: Tensors, { pixels }: Tensors): tf.Tensor {
  const of = (name: string) => named(parameters, name);
  if (pixels === undefined) throw new RangeError('there are no pixels');
  const embedded = linear(tf.div(pixels, 255), of('embed.weight'), of('embed.bias'));
  const x = layerNorm(embedded, of('norm.scale'), of('norm.shift'), 1e-5);
  const mixed = tf.add(x, attend(linear(x, of('query.weight')), x, x, 2));
  return linear(gelu(mixed), of('head.weight'), of('head.bias'));
}

/** Mean squared distance from the target, whose rows are given in another order. */
export const smallLoss: LossProgram = {
  name: 'small loss',
  layout: smallLayout,
  inputs,
  loss: (parameters, given) => {
    const target = tf.reshape(tf.gather(named(given, 'target'), named(given, 'order')), [2, 3, 4]);
    return tf.mean(tf.squaredDifference(predict(parameters, given), target));
  },
};

/** The prediction, its mean for each sample, and the pixels as they reach a program. */
export const smallForward: ForwardProgram = {
  name: 'small forward',
  layout: smallLayout,
  inputs: { pixels: inputs.pixels },
  outputs: (parameters, given) => {
    const prediction = predict(parameters, given);
    return { prediction, mean: tf.mean(prediction, [1, 2]), pixels: named(given, 'pixels') };
  },
};

export const smallOptimiser = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 } as const;

/** Normal numbers, the same for the same seed. */
export function drawNumbers(length: number, seed: number, deviation = 1): Float32Array {
  const random = createRandom(seed, 'numbers');
  return Float32Array.from({ length }, () => deviation * random.normal());
}

/** Inputs of the small model. */
export function drawInputs(seed: number): InputArrays {
  const random = createRandom(seed, 'inputs');
  return {
    pixels: Uint8Array.from({ length: 24 }, () => random.integer(256)),
    order: random.shuffle(Int32Array.from({ length: 6 }, (_, index) => index)),
    target: drawNumbers(24, seed),
  };
}

/** Parameters as if drawn for training, moments as if of a training that goes on. */
export function drawState({ length }: ParameterLayout, seed: number): StateArrays {
  return {
    parameters: drawNumbers(length, seed, 0.5),
    moments1: drawNumbers(length, seed + 1, 0.1),
    moments2: drawNumbers(length, seed + 2, 0.1).map((value) => 0.01 + value ** 2),
  };
}
