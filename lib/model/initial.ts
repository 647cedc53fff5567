// Owns the first values of parameters, each a pure function of the seed and the parameter's name. Knows no model.
import { createRandom } from '../clip/random.js';
import { countElements, type ParameterLayout, type ParameterSpec } from '../engine/parameter-layout.js';

/** How a parameter begins. */
export type Initial =
  | { readonly kind: 'constant'; readonly value: number }
  /** Normal, mean 0. */
  | { readonly kind: 'normal'; readonly deviation: number }
  /** Uniform in [−bound, bound]. */
  | { readonly kind: 'uniform'; readonly bound: number };

/** A parameter and how it begins. */
export type ModelParameter = ParameterSpec & {
  readonly initial: Initial;
  /** The layer of the encoder that it is of, counted from the input; absent for what stands on the encoder. */
  readonly layer?: number;
};

/** The parameters as those of one layer, counted from the input. */
export function ofLayer(layer: number, parameters: readonly ModelParameter[]): ModelParameter[] {
  return parameters.map((parameter) => ({ ...parameter, layer }));
}

/** The matrix of a layer that is neither the first nor the last one. */
export function inner(parameter: ModelParameter): ModelParameter {
  return { ...parameter, inner: true };
}

/** Everywhere 0. */
export const zeros: Initial = { kind: 'constant', value: 0 };
/** Everywhere 1. */
export const ones: Initial = { kind: 'constant', value: 1 };

/** Uniform with the variance 2 / (inputs + outputs) (Glorot and Bengio 2010, equation 16). */
export function glorot(inputs: number, outputs: number): Initial {
  return { kind: 'uniform', bound: Math.sqrt(6 / (inputs + outputs)) };
}

/** Normal with the variance gain² · 2 / inputs (He et al. 2015, equation 10). */
export function he(inputs: number, gain = 1): Initial {
  return { kind: 'normal', deviation: gain * Math.sqrt(2 / inputs) };
}

/** The first values of all parameters, `[P]` in the order of the layout. */
export function initialise(parameters: readonly ModelParameter[], layout: ParameterLayout, seed: number): Float32Array {
  const values = new Float32Array(layout.length);
  const initials = new Map(parameters.map(({ name, initial }) => [name, initial]));
  for (const { name, offset, length } of layout.places) {
    const initial = initials.get(name);
    if (initial === undefined) throw new RangeError(`the layout has a parameter ${name} that the model has not`);
    fill(values.subarray(offset, offset + length), initial, seed, name);
  }
  return values;
}

function fill(values: Float32Array, initial: Initial, seed: number, name: string): void {
  const random = createRandom(seed, `initial ${name}`);
  switch (initial.kind) {
    case 'constant':
      values.fill(initial.value);
      return;
    case 'normal':
      for (let index = 0; index < values.length; index++) values[index] = initial.deviation * random.normal();
      return;
    case 'uniform':
      for (let index = 0; index < values.length; index++) values[index] = initial.bound * (2 * random.uniform() - 1);
      return;
  }
}

/** How many numbers a model learns. */
export function countParameters(parameters: readonly ModelParameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + countElements(shape), 0);
}
