// Owns a graph under construction: values, nodes, constants, and what of them a set of outputs needs. Knows nothing of who
// traces it.
import {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxNode,
  type OnnxType,
  onnxTypeNumbers,
  type OnnxValueInfo,
} from './onnx.js';
import { findPeakBytes } from './peak-bytes.js';

/** A tensor in a graph: its name, element type and shape. */
export type OnnxValue = OnnxValueInfo;

export type { OnnxType };

/** What a node gives: element type (float32 unless said) and shape. */
export type OnnxResult = {
  readonly type?: OnnxType;
  readonly shape: readonly number[];
  /** Whether it is a sequence of such tensors. Default: no. */
  readonly isSequence?: boolean;
  /** Whether the operator does without it: then it is left out of the file where nothing needs it. Default: no. */
  readonly isOptional?: boolean;
};

/** How a node is added beyond its inputs. */
export type OnnxNodeOptions = {
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
};

/** Numbers that a constant is made of. */
export type OnnxNumbers = Float32Array | Int32Array | Uint8Array | readonly number[];

/**
 * Whose kernels a graph may use: `fused` has those of onnxruntime for processors and CUDA, `plain` (its WebGPU) lacks the fused
 * product and has no attention that can be relied on.
 */
export type OnnxKernels = 'fused' | 'plain';

/** A graph to which nodes are added in the order in which they run. */
export class OnnxGraph {
  /** Whose kernels it may use. */
  readonly kernels: OnnxKernels;
  readonly #name: string;
  readonly #inputs: OnnxValue[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, OnnxConstant>();
  readonly #constantKeys = new Map<string, OnnxValue>();
  readonly #scalars = new Map<string, number>();
  readonly #made = new Map<string, OnnxValue>();
  readonly #expanded = new Map<string, OnnxValue>();
  readonly #narrow = new Map<string, OnnxValue>();
  readonly #optional = new Set<string>();
  readonly #bytes = new Map<string, number>();
  #count = 0;

  constructor(name: string, kernels: OnnxKernels = 'fused') {
    this.#name = name;
    this.kernels = kernels;
  }

  /** Declares an input. @throws {RangeError} where there is one of that name. */
  input(name: string, type: OnnxType, shape: readonly number[]): OnnxValue {
    if (this.#inputs.some((input) => input.name === name)) throw new RangeError(`there are two inputs ${name}`);
    const value = { name, type, shape };
    this.#inputs.push(value);
    return value;
  }

  /** Adds a node with one output. `undefined` stands for an optional input that is left out. */
  node(
    operator: string,
    inputs: readonly (OnnxValue | undefined)[],
    result: OnnxResult,
    options: OnnxNodeOptions = {},
  ): OnnxValue {
    const [value] = this.nodes(operator, inputs, [result], options);
    if (value === undefined) throw new Error(`${operator} gave no value`);
    return value;
  }

  /** Adds a node with any number of outputs. */
  nodes(
    operator: string,
    inputs: readonly (OnnxValue | undefined)[],
    results: readonly OnnxResult[],
    options: OnnxNodeOptions = {},
  ): OnnxValue[] {
    const outputs = results.map(({ type = 'float32', shape, isSequence = false }) => ({
      name: this.#freshName(),
      type,
      shape,
      isSequence,
    }));
    for (const [index, { name, type, shape }] of outputs.entries()) {
      if (results[index]?.isOptional) this.#optional.add(name);
      this.#bytes.set(
        name,
        shape.reduce((product, size) => product * size, elementBytes[type]),
      );
    }
    this.#nodes.push({
      operator,
      domain: options.domain ?? '',
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: outputs.map(({ name }) => name),
      attributes: options.attributes ?? {},
    });
    return outputs;
  }

  /** A constant; one of many equal elements is written as a fill, and equal small constants are stored once. */
  constant(type: OnnxType, shape: readonly number[], numbers: OnnxNumbers): OnnxValue {
    const first = numbers[0] ?? 0;
    if (numbers.length > 1 && isUniform(numbers, first)) return this.expand(this.constant(type, [], [first]), shape);
    return this.#store(type, shape, numbers);
  }

  #store(type: OnnxType, shape: readonly number[], numbers: OnnxNumbers): OnnxValue {
    const bytes = encodeNumbers(type, numbers);
    const key = numbers.length <= 64 ? `${type}[${shape.join()}]${bytes.join()}` : undefined;
    const known = key === undefined ? undefined : this.#constantKeys.get(key);
    if (known !== undefined) return known;
    const value = { name: this.#freshName(), type, shape };
    this.#constants.set(value.name, { ...value, bytes });
    if (numbers.length === 1) this.#scalars.set(value.name, numbers[0] ?? 0);
    if (key !== undefined) this.#constantKeys.set(key, value);
    return value;
  }

  /** A scalar of float32. */
  scalar(value: number): OnnxValue {
    return this.constant('float32', [], [value]);
  }

  /** A value in another element type. */
  cast(value: OnnxValue, type: OnnxType): OnnxValue {
    const result = { type, shape: value.shape };
    const cast = this.node('Cast', [value], result, { attributes: { to: onnxTypeNumbers[type] } });
    // Of the others, `plain` kernels move no bytes.
    if (value.type === 'uint8' && this.kernels === 'fused') this.#narrow.set(cast.name, value);
    return cast;
  }

  /**
   * Moves values about, before they are cast where they were bytes: then a quarter of the memory is moved.
   * @param move adds nodes that change no value, and gives one of the same type
   */
  moveNarrow(value: OnnxValue, move: (value: OnnxValue) => OnnxValue): OnnxValue {
    const bytes = this.#narrow.get(value.name);
    return bytes === undefined ? move(value) : this.cast(move(bytes), value.type);
  }

  /** A value repeated to a larger shape. What broadcasts by itself takes `sourceOf` it, and the repetition is never run. */
  expand(value: OnnxValue, shape: readonly number[]): OnnxValue {
    // Written out by hand: the vector of a shape may itself be uniform.
    const sizes = this.#store('int64', [shape.length], shape);
    const expanded = this.node('Expand', [value, sizes], { type: value.type, shape });
    this.#expanded.set(expanded.name, this.sourceOf(value));
    return expanded;
  }

  /** What a value is a repetition of; the value itself where it is none. */
  sourceOf(value: OnnxValue): OnnxValue {
    return this.#expanded.get(value.name) ?? value;
  }

  /** The number that a value holds everywhere, where that is known. */
  uniformValue(value: OnnxValue): number | undefined {
    return this.#scalars.get(this.sourceOf(value).name);
  }

  /** What `make` adds the first time it is asked for by this key: for large constants that many nodes share. */
  once(key: string, make: () => OnnxValue): OnnxValue {
    const value = this.#made.get(key) ?? make();
    this.#made.set(key, value);
    return value;
  }

  /** A vector of int64, as shapes, axes and pads are given. */
  integers(values: readonly number[]): OnnxValue {
    return this.#store('int64', [values.length], values);
  }

  /**
   * How many bytes of values are alive at once at most, beside inputs and outputs, if nodes run in the order in which they were
   * added: an estimate, for a runtime may take another order.
   */
  estimatePeakBytes(outputs: Readonly<Record<string, OnnxValue>>): number {
    const kept = this.#neededNodes(new Set(Object.values(outputs).map(({ name }) => name)));
    return findPeakBytes(kept, (name) => this.#bytes.get(name) ?? 0);
  }

  /**
   * The model file for these outputs: only what they need is written. Every declared input is kept.
   * @throws {RangeError} where an output has an input's name.
   */
  encode(outputs: Readonly<Record<string, OnnxValue>>): Uint8Array {
    const named = Object.entries(outputs).map(([name, value]) => ({ name, value }));
    for (const { name } of this.#inputs) {
      if (name in outputs) throw new RangeError(`${name} is the name of an input and of an output`);
    }
    const needed = new Set(named.map(({ value }) => value.name));
    const kept = this.#neededNodes(needed);
    // A value takes the name of the output that it is; only what is no node's own, or is given twice, is copied.
    const made = new Set(kept.flatMap((node) => node.outputs));
    const finalNames = new Map<string, string>();
    const copies: OnnxNode[] = [];
    for (const { name, value } of named) {
      if (made.has(value.name) && !finalNames.has(value.name)) finalNames.set(value.name, name);
      else copies.push(identityNode(finalNames.get(value.name) ?? value.name, name));
    }
    const finalName = (name: string) => finalNames.get(name) ?? name;
    const nodes = kept.map((node) => ({
      ...node,
      inputs: node.inputs.map(finalName),
      outputs: node.outputs.map((output) =>
        needed.has(output) || !this.#optional.has(output) ? finalName(output) : '',
      ),
    }));
    return encodeOnnx({
      name: this.#name,
      inputs: this.#inputs,
      outputs: named.map(({ name, value }) => ({ ...value, name })),
      constants: [...this.#constants.values()].filter(({ name }) => needed.has(name)),
      nodes: [...nodes, ...copies],
    });
  }

  /** The nodes that these values need, in order; the names of all that they need are added. */
  #neededNodes(needed: Set<string>): OnnxNode[] {
    const kept: OnnxNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      kept.push(node);
      for (const input of node.inputs) needed.add(input);
    }
    return kept.reverse();
  }

  #freshName(): string {
    // No caller's name begins like this.
    return `%${(this.#count++).toString(36)}`;
  }
}

const elementBytes = { float32: 4, int32: 4, int64: 8, uint8: 1, bool: 1 } as const satisfies Record<OnnxType, number>;

function identityNode(from: string, to: string): OnnxNode {
  return { operator: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: {} };
}

function isUniform(numbers: OnnxNumbers, first: number): boolean {
  for (let index = 1; index < numbers.length; index++) if (!Object.is(numbers[index], first)) return false;
  return true;
}

function encodeNumbers(type: OnnxType, numbers: OnnxNumbers): Uint8Array {
  switch (type) {
    case 'float32':
      return bytesOf(Float32Array.from(numbers));
    case 'int32':
      return bytesOf(Int32Array.from(numbers));
    case 'int64':
      return bytesOf(BigInt64Array.from(Array.from(numbers, (value) => BigInt(value))));
    case 'uint8':
    case 'bool':
      return Uint8Array.from(numbers);
  }
}

function bytesOf(array: Float32Array | Int32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
