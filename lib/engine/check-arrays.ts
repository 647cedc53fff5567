// Owns the checks of the arrays that a caller hands to a compiled program. Knows nothing of what runs it.
import type { BatchArrays, InputArrays, InputSpec, LossProgram, StateArrayName, StateArrays } from './engine.js';
import { countElements, type ParameterLayout } from './parameter-layout.js';

const arrayTypes = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

/**
 * Whether each input is there, of the type and the length that the program says.
 * @throws {RangeError} where one is missing or of another length.
 * @throws {TypeError} where one is of another type.
 */
export function checkInputs(specs: Readonly<Record<string, InputSpec>>, arrays: InputArrays): void {
  for (const [name, { type, shape }] of Object.entries(specs)) {
    const values = arrays[name];
    const length = countElements(shape);
    if (values?.length !== length) {
      throw new RangeError(`the input ${name} must hold ${length} values, got ${values?.length ?? 'none'}`);
    }
    if (!(values instanceof arrayTypes[type])) {
      throw new TypeError(`the input ${name} must be a ${arrayTypes[type].name}, got a ${values.constructor.name}`);
    }
  }
}

/**
 * The inputs of each part of a batch, checked.
 * @throws {RangeError} where there are more or fewer parts than the program says, and what `checkInputs` throws.
 */
export function checkParts(
  { inputs, parts = 1 }: Pick<LossProgram, 'inputs' | 'parts'>,
  arrays: BatchArrays,
): readonly InputArrays[] {
  const given = Array.isArray(arrays) ? (arrays as readonly InputArrays[]) : [arrays as InputArrays];
  if (given.length !== parts) throw new RangeError(`there must be ${parts} parts of a batch, got ${given.length}`);
  for (const part of given) checkInputs(inputs, part);
  return given;
}

/** Whether each of these arrays is there and as long as the layout. @throws {RangeError} where one is not. */
export function checkStateArrays(
  names: readonly StateArrayName[],
  arrays: StateArrays,
  { length }: ParameterLayout,
): void {
  for (const name of names) {
    if (arrays[name]?.length !== length) {
      throw new RangeError(`${name} must hold ${length} values, got ${arrays[name]?.length ?? 'none'}`);
    }
  }
}

/** Whether a state keeps averages, where a program needs them. @throws {RangeError} where it keeps none. */
export function checkAverages(areNeeded: boolean, areKept: boolean): void {
  if (areNeeded && !areKept) throw new RangeError('the program needs moving averages, and the state keeps none');
}

/** Whether there is a gradient for each parameter. @throws {RangeError} where there are more or fewer. */
export function checkGradients({ length }: ParameterLayout, gradients: Float32Array): void {
  if (gradients.length !== length) {
    throw new RangeError(`the gradients must be ${length} values, got ${gradients.length}`);
  }
}
