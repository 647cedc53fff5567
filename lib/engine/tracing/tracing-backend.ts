// Owns the tfjs backend that computes nothing: each kernel adds nodes to a graph. Knows nothing of models or sessions.
import { isSameShape } from '../../operations/shapes.js';
import type { OnnxGraph, OnnxValue } from '../../formats/onnx-graph.js';
import { tf } from '../../operations/tfjs.js';
import { onnxTypeOf } from './trace-kernel.js';

/** Its name among tfjs's backends. */
export const tracingBackendName = 'lacuna-trace';

const hasEnded = 'a tensor of a trace was used after the trace had ended';

/** What tfjs calls the identity of a tensor's data. */
type DataId = object;

/** A tfjs backend whose tensors are values of the graph at hand. */
export class TracingBackend extends tf.KernelBackend {
  #graph: OnnxGraph | undefined;
  readonly #values = new WeakMap<DataId, OnnxValue>();

  /** The graph at hand. @throws {Error} where nothing is being traced. */
  get graph(): OnnxGraph {
    if (this.#graph === undefined) throw new Error(hasEnded);
    return this.#graph;
  }

  /** Takes a graph, or none. */
  record(graph: OnnxGraph | undefined): void {
    this.#graph = graph;
  }

  /** A new identity for a value. */
  add(value: OnnxValue): tf.TensorInfo {
    const dataId: DataId = {};
    this.#values.set(dataId, value);
    if (value.type === 'uint8' || value.type === 'int64') throw new TypeError(`tfjs has no type ${value.type}`);
    return { dataId, shape: [...value.shape], dtype: value.type };
  }

  /** The value of a tensor. A tensor's own shape counts: tfjs reshapes without a kernel where it can. */
  find({ dataId, shape }: tf.TensorInfo): OnnxValue {
    const value = this.#values.get(dataId);
    if (value === undefined) throw new Error('a tensor from outside the trace was used in it; make it an input');
    if (isSameShape(value.shape, shape)) return value;
    return this.graph.node('Reshape', [value, this.graph.integers(shape)], { type: value.type, shape });
  }

  override write(values: tf.BackendValues | null, shape: number[], dtype: tf.DataType): DataId {
    if (values === null || Array.isArray(values) || values instanceof Uint8ClampedArray) {
      throw new TypeError('a tensor without numbers cannot be traced');
    }
    const drawing = drawingOperation();
    if (drawing !== undefined) {
      throw new Error(`tf.${drawing} inside a trace would give the same numbers in every run; make them an input`);
    }
    const dataId: DataId = {};
    this.#values.set(dataId, this.graph.constant(onnxTypeOf(dtype), shape, values));
    return dataId;
  }

  override readSync(): never {
    if (this.#graph === undefined) throw new Error(hasEnded);
    throw new Error('the value of a tensor was read inside a trace; there is none before the graph runs');
  }

  override read(): never {
    return this.readSync();
  }

  override disposeData(): boolean {
    return true;
  }

  override incRef(): void {
    // Values live as long as the graph.
  }

  override refCount(): number {
    return 1;
  }

  override numDataIds(): number {
    return 0;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {
    this.#graph = undefined;
  }
}

/** The operation of tfjs at hand that draws random numbers, if there is one; tfjs opens a scope for each operation. */
function drawingOperation(): string | undefined {
  for (const { name } of tf.engine().state.scopeStack) {
    const operation = /^(\w+)__op$/.exec(name)?.[1];
    if (operation !== undefined && /^rand|^truncatedNormal$/.test(operation)) return operation;
  }
  return undefined;
}
