// Owns what an operation is: a fused step of a model that tfjs lacks or that onnxruntime runs faster in one piece. Knows
// nothing of the engines that run it.
import type { Tensor } from '@tensorflow/tfjs';
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { tf } from './tfjs.js';

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Plain numbers that an operation depends on, by name. */
export type Attributes = Readonly<Record<string, number>>;

/** A fused operation, run as one kernel by a tracing engine and composed of tfjs operations by an eager one. */
export type Operation = {
  /** The kernel's name in tfjs's registry, such as `Lacuna.Gelu`. */
  readonly name: string;
  /** The same mathematics in tfjs operations. */
  readonly compose: (inputs: Tensors, attributes: Attributes) => Tensor[];
  /** The nodes that compute it: one value for each tensor that `compose` gives. */
  readonly emit: (
    graph: OnnxGraph,
    inputs: Readonly<Record<string, OnnxValue>>,
    attributes: Attributes,
  ) => readonly OnnxValue[];
  /** Its gradient; absent where nothing is learned through it. */
  readonly gradient?: OperationGradient;
};

/** The gradient of an operation. */
export type OperationGradient = {
  /** The inputs that `compute` receives in `saved`, in this order. */
  readonly inputs: readonly string[];
  /** Which outputs follow them in `saved`. */
  readonly outputs?: readonly boolean[];
  /** Gradients with respect to the inputs, by name; each is evaluated only where it is needed. */
  readonly compute: (
    gradient: Tensor,
    saved: readonly Tensor[],
    attributes: Attributes,
  ) => Readonly<Record<string, () => Tensor>>;
};

/** Runs an operation on the current tfjs backend and gives all its outputs. */
export function runOperation(operation: Operation, inputs: Tensors, attributes: Attributes = {}): Tensor[] {
  const outputs: Tensor | Tensor[] = tf.engine().runKernel(operation.name, { ...inputs }, { ...attributes });
  return Array.isArray(outputs) ? outputs : [outputs];
}

/** Runs an operation and gives its first output. */
export function runForOne(operation: Operation, inputs: Tensors, attributes: Attributes = {}): Tensor {
  const [output] = runOperation(operation, inputs, attributes);
  if (output === undefined) throw new Error(`${operation.name} gave no tensor`);
  return output;
}

/**
 * Runs an operation that computes several gradients at once, and gives each as a thunk, as `OperationGradient` wants them. It
 * runs now: tfjs frees all that is computed inside one thunk when that thunk ends.
 * @returns one for each output; each throws where the operation gives none
 */
export function runForGradients(operation: Operation, inputs: Tensors, attributes: Attributes = {}): LazyTensors {
  const outputs = runOperation(operation, inputs, attributes);
  const at = (index: number) => () => {
    const output = outputs[index];
    if (output === undefined) throw new Error(`${operation.name} gave no output ${index}`);
    return output;
  };
  return [at(0), at(1), at(2)];
}

type LazyTensors = readonly [() => Tensor, () => Tensor, () => Tensor];

/**
 * The entry of that name.
 * @throws {RangeError} where there is none.
 */
export function named<Item>(items: Readonly<Record<string, Item>>, name: string): Item {
  const item = items[name];
  if (item === undefined) throw new RangeError(`no ${name} among ${Object.keys(items).join(', ')}`);
  return item;
}

/**
 * The entry at that place, from 0.
 * @throws {RangeError} where there is none.
 */
export function itemAt<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`item ${index} of ${items.length} is missing`);
  return item;
}
