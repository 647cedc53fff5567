// Owns tensors over arrays of the program's, as a graph's inputs and outputs. Knows no graph.
import type { OnnxValue, Tensor } from 'onnxruntime-web';
import type { InputArrays, InputSpec } from './engine.js';
import { averageInput, gradientName, parameterInput, programInput } from './graph-names.js';
import type { OnnxTensors, ReadArray } from './onnx-memory.js';
import type { OnnxRuntime } from './onnx-runtime.js';
import type { ParameterLayout } from './parameter-layout.js';

/** Makes a float32 tensor over the given memory. */
export type MakeTensor = (values: Float32Array, shape: readonly number[]) => Tensor;

/** The graph input of a parameter, by the array that it is read from. */
export const inputNames: { readonly [Name in ReadArray]: (parameter: string) => string } = {
  parameters: parameterInput,
  averages: averageInput,
};

/** Views of an array that is read as parameters, one for each. */
export function parameterTensors(
  float32: MakeTensor,
  { places }: ParameterLayout,
  array: ReadArray,
  values: Float32Array,
): OnnxTensors {
  return Object.fromEntries(
    places.map(({ name, offset, length, shape }) => [
      inputNames[array](name),
      float32(values.subarray(offset, offset + length), shape),
    ]),
  );
}

/** The numbers of a tensor. @throws {TypeError} where it is not one of float32 in main memory. */
export function valuesOf(tensor: OnnxValue): Float32Array {
  if ('data' in tensor && tensor.data instanceof Float32Array) return tensor.data;
  throw new TypeError('the graph gave something else than float32');
}

/** A tensor of one number, 0. */
export function createScalar(float32: MakeTensor): Tensor {
  return float32(new Float32Array(1), []);
}

/** The number of such a tensor. */
export function scalarOf(tensor: Tensor): number {
  return valuesOf(tensor)[0] ?? Number.NaN;
}

/** Views of the gradients, one for each group. */
export function gradientTensors(
  float32: MakeTensor,
  { groups }: ParameterLayout,
  gradients: Float32Array,
  part = 0,
): OnnxTensors {
  return Object.fromEntries(
    groups.map(({ offset, length }, group) => [
      gradientName(group, part),
      float32(gradients.subarray(offset, offset + length), [length]),
    ]),
  );
}

/** Turns the input arrays of each part of a batch into tensors over the same memory. */
export function createInputTensors(
  { Tensor }: OnnxRuntime,
  specs: Readonly<Record<string, InputSpec>>,
): (parts: readonly InputArrays[]) => OnnxTensors {
  return (parts) => {
    const tensors: OnnxTensors = {};
    for (const [part, arrays] of parts.entries()) {
      for (const [name, { type, shape }] of Object.entries(specs)) {
        const values = arrays[name];
        if (values !== undefined) tensors[programInput(name, part)] = new Tensor(type, values, shape);
      }
    }
    return tensors;
  };
}
