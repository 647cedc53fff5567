// Owns the mathematics of a training step as pure functions over tfjs tensors: gradients, their norm, the update. An engine
// runs them eagerly or traces them. Knows nothing of memory.
import { adamw } from '../operations/adamw.js';
import { muon } from '../operations/muon.js';
import { itemAt, named, type Tensors } from '../operations/operation.js';
import { sumSquares } from '../operations/sum-squares.js';
import { tf } from '../operations/tfjs.js';
import {
  type LossProgram,
  type OptimiserConstants,
  type StateArrayName,
  namesOfState,
  type stateArrayNames,
  type StepRates,
} from './engine.js';
import { type ParameterGroup, type ParameterLayout, placesOf } from './parameter-layout.js';

/** The scalars that a step reads, in this order. */
export const rateNames = ['rate', 'stepSize', 'epsilon', 'decay', 'averageDecay'] as const;

/** One of these numbers or tensors for each of the scalars. */
export type Rates<Value> = Readonly<Record<(typeof rateNames)[number], Value>>;

/** The arrays of one group, flat, before or after an update. */
export type GroupArrays = Readonly<Record<(typeof stateArrayNames)[number], tf.Tensor>> & {
  readonly averages?: tf.Tensor;
};

/** The arrays of the arena that an update with these constants reads and writes. */
export function updatedArrays({ movesAverages = false }: OptimiserConstants): readonly StateArrayName[] {
  return namesOfState({ averages: movesAverages });
}

/** The scalars of one step, computed in float64; see `AdamWInputs` and `MuonInputs`. */
export function computeRates(optimiser: OptimiserConstants, rates: StepRates): Rates<number> {
  const correction1 = 1 - optimiser.beta1 ** rates.step;
  const correction2 = Math.sqrt(1 - optimiser.beta2 ** rates.step);
  return {
    rate: rates.learningRate,
    stepSize: (rates.learningRate * correction2) / correction1,
    epsilon: optimiser.epsilon * correction2,
    decay: rates.learningRate * rates.weightDecay,
    averageDecay: rates.averageDecay ?? 0,
  };
}

/**
 * The loss, which is the mean over the parts of a batch, for each group of parameters the flat gradient `[P of the group]`, and the norm of all.
 * @throws {RangeError} where the loss is not one number, or a parameter takes no part in it.
 */
export function computeGradients(
  program: LossProgram,
  parameters: Tensors,
  parts: readonly Tensors[],
  averages: Tensors = {},
): { loss: tf.Tensor; gradients: tf.Tensor[]; gradientNorm: tf.Tensor } {
  const { places, groups } = program.layout;
  const byName = (values: readonly tf.Tensor[]): Tensors =>
    Object.fromEntries(places.map((place, index) => [place.name, itemAt(values, index)]));
  const values = places.map((place) => named(parameters, place.name));
  const lossOf = (inputs: Tensors) => {
    const value = program.loss(byName(values), inputs, averages);
    if (value.size !== 1) {
      throw new RangeError(`the loss of ${program.name} must be one number, got the shape [${value.shape.join(', ')}]`);
    }
    return tf.reshape(value, []);
  };
  const loss = () => {
    const sum = sumOf(parts.map(lossOf));
    return parts.length === 1 ? sum : tf.div(sum, parts.length);
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
  // In the order in which they are made: so each gradient is asked for when it has just become possible, and nothing that it
  // is made of has to wait for the end of the backward pass.
  const inOrder = result.grads.toSorted((one, other) => one.id - other.id);
  return {
    loss: result.value,
    // Whatever the loss reads is thereby read before the norm is known, and so before anything is written.
    gradientNorm: tf.add(normOf(inOrder), tf.mul(result.value, 0)),
    gradients: groups.map((group) =>
      tf.concat(placesOf(program.layout, group).map((place) => tf.reshape(named(gradients, place.name), [-1]))),
    ),
  };
}

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/** The update of every group, gradients clipped by their norm over all groups. */
export function computeUpdate(
  layout: ParameterLayout,
  optimiser: OptimiserConstants,
  gradients: readonly tf.Tensor[],
  gradientNorm: tf.Tensor,
  arenas: readonly GroupArrays[],
  rates: Rates<tf.Tensor>,
): GroupArrays[] {
  // g ← g · min(1, clip / ‖g‖)
  const clip = tf.minimum(tf.div(optimiser.clipNorm, tf.add(gradientNorm, 1e-6)), 1);
  // False for NaN too. Then nothing changes: a state may be written where it is read.
  const isSound = tf.lessEqual(gradientNorm, largestFloat32);
  const scaled = (rate: tf.Tensor, group: ParameterGroup) => (group.rate === 1 ? rate : tf.mul(rate, group.rate));
  const given = layout.groups.map((group, index) => {
    const arena = arenas[index];
    if (arena === undefined) throw new RangeError(`group ${index} has no arena`);
    const decay = group.decay ? { decay: scaled(rates.decay, group) } : {};
    return { ...arena, ...decay, group, gradients: itemAt(gradients, index), isSound };
  });
  const matrices = given.flatMap((each) => {
    const { matrix: shape } = each.group;
    return optimiser.name === 'muon' && shape ? [{ ...each, clip, shape, rate: scaled(rates.rate, each.group) }] : [];
  });
  const moved = muon(matrices, optimiser);
  const movedOf = new Map(matrices.map(({ group }, index) => [group, moved[index]]));
  return given.map((arena, index): GroupArrays => {
    const { group } = arena;
    const byMuon = movedOf.get(group);
    const next = byMuon
      ? { ...byMuon, moments2: arena.moments2 }
      : adamw({ ...arena, clip, stepSize: scaled(rates.stepSize, group), epsilon: rates.epsilon }, optimiser);
    if (!optimiser.movesAverages) return next;
    if (arena.averages === undefined) throw new RangeError(`group ${index} has no averages`);
    // a ← μ a + (1 − μ) θ
    const stays = tf.where(isSound, rates.averageDecay, 1);
    const averages = tf.add(tf.mul(arena.averages, stays), tf.mul(next.parameters, tf.sub(1, stays)));
    return { ...next, averages };
  });
}

/** The sum of tensors of one shape. */
export function sumOf(tensors: readonly tf.Tensor[]): tf.Tensor {
  return tensors.length === 1 ? itemAt(tensors, 0) : tf.addN([...tensors]);
}

/** √Σ g² over all tensors. */
export function normOf(gradients: readonly tf.Tensor[]): tf.Tensor {
  return tf.sqrt(tf.addN(gradients.map(sumSquares)));
}
