// Owns the mathematics of a training step as pure functions over tfjs tensors: gradients, their norm, the update. An engine
// runs them eagerly or traces them. Knows nothing of memory.
import * as tf from '@tensorflow/tfjs';
import { adamw, type AdamWOutputs } from '../operations/adamw.js';
import { named, type Tensors } from '../operations/operation.js';
import type { LossProgram, OptimiserConstants, StepRates } from './engine.js';
import { placesOf, type ParameterLayout } from './parameter-layout.js';

/** The scalars that a step reads, in this order. */
export const rateNames = ['stepSize', 'epsilon', 'decay'] as const;

/** The scalars of one step, computed in float64; see `AdamWInputs`. */
export function computeRates(
  optimiser: OptimiserConstants,
  rates: StepRates,
): Record<(typeof rateNames)[number], number> {
  const correction1 = 1 - optimiser.beta1 ** rates.step;
  const correction2 = Math.sqrt(1 - optimiser.beta2 ** rates.step);
  return {
    stepSize: (rates.learningRate * correction2) / correction1,
    epsilon: optimiser.epsilon * correction2,
    decay: rates.learningRate * rates.weightDecay,
  };
}

/**
 * The loss and, for each group of parameters, the flat gradient `[P of the group]`.
 * @throws {RangeError} where the loss is not one number, or a parameter takes no part in it.
 */
export function computeGradients(
  program: LossProgram,
  parameters: Tensors,
  inputs: Tensors,
): { loss: tf.Tensor; gradients: tf.Tensor[] } {
  const { places, groups } = program.layout;
  const byName = (values: readonly tf.Tensor[]): Tensors =>
    Object.fromEntries(places.map((place, index) => [place.name, tensorAt(values, index)]));
  const values = places.map((place) => named(parameters, place.name));
  const loss = () => {
    const value = program.loss(byName(values), inputs);
    if (value.size !== 1) {
      throw new RangeError(`the loss of ${program.name} must be one number, got the shape [${value.shape.join(', ')}]`);
    }
    return tf.reshape(value, []);
  };
  // Not `tf.valueAndGrads`, which says only that some gradient is missing.
  const result = tf.engine().gradients<tf.Tensor>(loss, values, undefined, true);
  const grads: readonly (tf.Tensor | undefined)[] = result.grads;
  const idle = places.filter((_, index) => grads[index] === undefined).map(({ name }) => name);
  if (idle.length > 0) {
    const some = idle.length > 3 ? `${idle.slice(0, 3).join(', ')} and ${idle.length - 3} more` : idle.join(', ');
    throw new RangeError(`every parameter must take part in the loss of ${program.name}, but not so: ${some}`);
  }
  const gradients = byName(result.grads);
  return {
    loss: result.value,
    gradients: groups.map((group) =>
      tf.concat(placesOf(program.layout, group).map((place) => tf.reshape(named(gradients, place.name), [-1]))),
    ),
  };
}

/** The update of every group, gradients clipped by their norm over all groups. */
export function computeUpdate(
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
  gradients: readonly tf.Tensor[],
  arenas: readonly { parameters: tf.Tensor; moments1: tf.Tensor; moments2: tf.Tensor }[],
  rates: Record<(typeof rateNames)[number], tf.Tensor>,
): { gradientNorm: tf.Tensor; groups: AdamWOutputs[] } {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  const gradientNorm = tf.sqrt(tf.addN(squares));
  // g ← g · min(1, clip / ‖g‖)
  const scale = tf.minimum(tf.div(optimiser.clipNorm, tf.add(gradientNorm, 1e-6)), 1);
  const groups = layout.groups.map((group, index) => {
    const arena = arenas[index];
    if (arena === undefined) throw new RangeError(`group ${index} has no arena`);
    return adamw(
      {
        ...arena,
        gradients: tf.mul(tensorAt(gradients, index), scale),
        stepSize: rates.stepSize,
        epsilon: rates.epsilon,
        decay: group.decay ? rates.decay : tf.zerosLike(rates.decay),
      },
      optimiser,
    );
  });
  return { gradientNorm, groups };
}

function tensorAt(tensors: readonly tf.Tensor[], index: number): tf.Tensor {
  const tensor = tensors[index];
  if (tensor === undefined) throw new RangeError(`tensor ${index} of ${tensors.length} is missing`);
  return tensor;
}
