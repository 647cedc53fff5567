// Owns what a kernel of the tracing backend is: how one tfjs kernel becomes nodes of a graph. Knows no kernel.
import type { OnnxGraph, OnnxType, OnnxValue } from '../../formats/onnx-graph.js';

/** What a kernel is called with. */
export type TraceCall = {
  readonly graph: OnnxGraph;
  /** By the names that tfjs gives them. */
  readonly inputs: Readonly<Record<string, OnnxValue>>;
  /** The list of inputs of kernels such as `Concat`, in order. */
  readonly list: readonly OnnxValue[];
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** Adds the nodes of one call and gives its output, or its outputs. */
export type TraceKernel = (call: TraceCall) => OnnxValue | readonly OnnxValue[];

/** Kernels by tfjs's names. */
export type TraceKernels = Readonly<Record<string, TraceKernel>>;

/** Input `name`. @throws {RangeError} where the call has none. */
export function inputOf({ inputs }: TraceCall, name: string): OnnxValue {
  const input = inputs[name];
  if (input === undefined) throw new RangeError(`an input ${name} is missing; there are ${Object.keys(inputs).join()}`);
  return input;
}

/** A number attribute. @throws {TypeError} where it is none. */
export function numberOf({ attributes }: TraceCall, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${String(value)}`);
  return value;
}

/** A list of numbers; one number stands for a list of it. @throws {TypeError} where it is something else. */
export function numbersOf({ attributes }: TraceCall, name: string): readonly number[] {
  const value = attributes[name];
  if (typeof value === 'number') return [value];
  if (isNumbers(value)) return Array.from(value);
  throw new TypeError(`${name} must be numbers, got ${String(value)}`);
}

function isNumbers(value: unknown): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

/** A list of pairs of numbers, such as what is put before and after each axis. @throws {TypeError} where it is none. */
export function pairsOf({ attributes }: TraceCall, name: string): [number, number][] {
  const value = attributes[name];
  if (!Array.isArray(value)) throw new TypeError(`${name} must be pairs of numbers, got ${String(value)}`);
  return value.map((pair: unknown) => {
    const [before, after] = isNumbers(pair) ? Array.from(pair) : [];
    if (before !== undefined && after !== undefined) return [before, after];
    throw new TypeError(`${name} must be pairs of numbers, got ${String(pair)}`);
  });
}

/** An axis counted from the front. */
export function axisFromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Axes counted from the front; all of them where tfjs was given none. */
export function axesOf(call: TraceCall, name: string, rank: number): number[] {
  if (call.attributes[name] === undefined || call.attributes[name] === null) {
    return Array.from({ length: rank }, (_, axis) => axis);
  }
  return numbersOf(call, name).map((axis) => axisFromFront(axis, rank));
}

/** The graph type of a tfjs type. @throws {TypeError} for strings and complex numbers. */
export function onnxTypeOf(dtype: unknown): OnnxType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TypeError(`a traced tensor must be float32, int32 or bool, got ${String(dtype)}`);
}
