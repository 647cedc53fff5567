// Owns the kernels that move values without changing them: shapes, axes, joining, cutting, picking.
import type { OnnxGraph, OnnxValue } from '../../formats/onnx-graph.js';
import {
  axesOf,
  axisFromFront,
  inputOf,
  isSameShape,
  numberOf,
  numbersOf,
  onnxTypeOf,
  type TraceKernels,
} from './trace-kernel.js';

function reshape(graph: OnnxGraph, x: OnnxValue, shape: readonly number[]): OnnxValue {
  if (isSameShape(x.shape, shape)) return x;
  const source = graph.sourceOf(x);
  // One number repeated stays one number repeated.
  if (source.shape.every((size) => size === 1) && source !== x) {
    const scalar = source.shape.length === 0 ? source : reshape(graph, source, []);
    return graph.expand(scalar, shape);
  }
  return graph.node('Reshape', [x, graph.integers(shape)], { type: x.type, shape });
}

function slice(graph: OnnxGraph, x: OnnxValue, begin: readonly number[], shape: readonly number[]): OnnxValue {
  if (isSameShape(x.shape, shape)) return x;
  const axes = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== x.shape[axis]);
  const starts = axes.map((axis) => begin[axis] ?? 0);
  const ends = axes.map((axis) => (begin[axis] ?? 0) + (shape[axis] ?? 0));
  return graph.node('Slice', [x, ...[starts, ends, axes].map((part) => graph.integers(part))], { type: x.type, shape });
}

function concat(graph: OnnxGraph, parts: readonly OnnxValue[], axis: number): OnnxValue {
  const [first] = parts;
  if (first === undefined) throw new RangeError('there is nothing to join');
  if (parts.length === 1) return first;
  const size = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  const shape = first.shape.map((length, index) => (index === axis ? size : length));
  return graph.node('Concat', parts, { type: first.type, shape }, { attributes: { axis } });
}

/** The kernels by tfjs's names. */
export const layoutKernels: TraceKernels = {
  Reshape: (call) => {
    const x = inputOf(call, 'x');
    const wanted = numbersOf(call, 'shape');
    const known = wanted.reduce((product, size) => (size < 0 ? product : product * size), 1);
    const length = x.shape.reduce((product, size) => product * size, 1);
    return reshape(
      call.graph,
      x,
      wanted.map((size) => (size < 0 ? length / known : size)),
    );
  },
  ExpandDims: (call) => {
    const x = inputOf(call, 'input');
    const axis = axisFromFront(numberOf(call, 'dim'), x.shape.length + 1);
    return reshape(call.graph, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
  },
  Transpose: (call) => {
    const x = inputOf(call, 'x');
    const perm = numbersOf(call, 'perm');
    if (perm.every((axis, index) => axis === index)) return x;
    const shape = perm.map((axis) => x.shape[axis] ?? 1);
    return call.graph.node('Transpose', [x], { type: x.type, shape }, { attributes: { perm } });
  },
  Concat: (call) =>
    concat(call.graph, call.list, axisFromFront(numberOf(call, 'axis'), call.list[0]?.shape.length ?? 0)),
  Pack: ({ graph, list, ...call }) => {
    const rank = (list[0]?.shape.length ?? 0) + 1;
    const axis = axisFromFront(numberOf({ graph, list, ...call }, 'axis'), rank);
    const parts = list.map((part) =>
      reshape(graph, part, [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)]),
    );
    return concat(graph, parts, axis);
  },
  Slice: (call) => {
    const x = inputOf(call, 'x');
    const begin = numbersOf(call, 'begin');
    const size = call.attributes['size'] === undefined ? [] : numbersOf(call, 'size');
    const shape = x.shape.map((length, axis) => {
      const wanted = size[axis] ?? -1;
      return wanted < 0 ? length - (begin[axis] ?? 0) : wanted;
    });
    return slice(call.graph, x, begin, shape);
  },
  SplitV: (call) => {
    const { graph, attributes } = call;
    const x = inputOf(call, 'x');
    const axis = axisFromFront(numberOf(call, 'axis'), x.shape.length);
    const length = x.shape[axis] ?? 0;
    const asked = attributes['numOrSizeSplits'];
    const sizes =
      typeof asked === 'number'
        ? Array.from({ length: asked }, () => length / asked)
        : [...numbersOf(call, 'numOrSizeSplits')];
    const rest = length - sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
    let start = 0;
    return sizes.map((size) => {
      const begin = x.shape.map((_, index) => (index === axis ? start : 0));
      const part = size < 0 ? rest : size;
      start += part;
      return slice(
        graph,
        x,
        begin,
        x.shape.map((whole, index) => (index === axis ? part : whole)),
      );
    });
  },
  PadV2: (call) => {
    const { graph, attributes } = call;
    const x = inputOf(call, 'x');
    const paddings = attributes['paddings'] as readonly (readonly [number, number])[];
    const shape = x.shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
    const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
    const value = graph.constant(x.type, [], [numberOf(call, 'constantValue')]);
    return graph.node('Pad', [x, graph.integers(pads), value], { type: x.type, shape });
  },
  Tile: (call) => {
    const x = inputOf(call, 'x');
    const reps = numbersOf(call, 'reps');
    const shape = x.shape.map((size, axis) => size * (reps[axis] ?? 1));
    return call.graph.node('Tile', [x, call.graph.integers(reps)], { type: x.type, shape });
  },
  Reverse: (call) => {
    const { graph } = call;
    const x = inputOf(call, 'x');
    const axes = axesOf(call, 'dims', x.shape.length);
    const bounds = [axes.map(() => -1), axes.map(() => -(2 ** 31)), axes, axes.map(() => -1)];
    return graph.node('Slice', [x, ...bounds.map((part) => graph.integers(part))], { type: x.type, shape: x.shape });
  },
  GatherV2: (call) => {
    const { graph, attributes } = call;
    const [x, indices] = [inputOf(call, 'x'), inputOf(call, 'indices')];
    const axis = axisFromFront(numberOf(call, 'axis'), x.shape.length);
    if ((attributes['batchDims'] ?? 0) !== 0)
      throw new RangeError('gather with batchDims is not traced; flatten the batch');
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return graph.node('Gather', [x, indices], { type: x.type, shape }, { attributes: { axis } });
  },
  Fill: (call) => {
    const { graph, attributes } = call;
    const type = onnxTypeOf(attributes['dtype'] ?? 'float32');
    return graph.expand(graph.constant(type, [], [numberOf(call, 'value')]), numbersOf(call, 'shape'));
  },
};
