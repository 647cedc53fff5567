// Owns the nodes that move values without changing them: a shape, a part, a whole of parts, an order of axes. Knows no
// kernel of tfjs.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { isSameShape } from './shapes.js';

/** The same elements in another shape. */
export function emitReshape(graph: OnnxGraph, x: OnnxValue, shape: readonly number[]): OnnxValue {
  if (isSameShape(x.shape, shape)) return x;
  const source = graph.sourceOf(x);
  // One number repeated stays one number repeated.
  if (source.shape.every((size) => size === 1) && source !== x) {
    const scalar = source.shape.length === 0 ? source : emitReshape(graph, source, []);
    return graph.expand(scalar, shape);
  }
  return graph.moveNarrow(x, (own) => graph.node('Reshape', [own, graph.integers(shape)], { type: own.type, shape }));
}

/** The part of `shape` that begins at `begin`. */
export function emitSlice(
  graph: OnnxGraph,
  x: OnnxValue,
  begin: readonly number[],
  shape: readonly number[],
): OnnxValue {
  if (isSameShape(x.shape, shape)) return x;
  const axes = shape.map((_, axis) => axis).filter((axis) => shape[axis] !== x.shape[axis]);
  const starts = axes.map((axis) => begin[axis] ?? 0);
  const ends = axes.map((axis) => (begin[axis] ?? 0) + (shape[axis] ?? 0));
  const bounds = [starts, ends, axes].map((part) => graph.integers(part));
  return graph.moveNarrow(x, (own) => graph.node('Slice', [own, ...bounds], { type: own.type, shape }));
}

/** Parts joined along an axis. @throws {RangeError} where there are none. */
export function emitConcat(graph: OnnxGraph, parts: readonly OnnxValue[], axis: number): OnnxValue {
  const [first] = parts;
  if (first === undefined) throw new RangeError('there is nothing to join');
  if (parts.length === 1) return first;
  const size = parts.reduce((sum, part) => sum + (part.shape[axis] ?? 0), 0);
  const shape = first.shape.map((length, index) => (index === axis ? size : length));
  return graph.node('Concat', parts, { type: first.type, shape }, { attributes: { axis } });
}

/** The axes in another order: axis `i` of the result is axis `perm[i]` of `x`. */
export function emitTranspose(graph: OnnxGraph, x: OnnxValue, perm: readonly number[]): OnnxValue {
  if (perm.every((axis, index) => axis === index)) return x;
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  return graph.moveNarrow(x, (own) =>
    graph.node('Transpose', [own], { type: own.type, shape }, { attributes: { perm } }),
  );
}

/** Zeros, or another number, around `x`: so many before and after along each axis. */
export function emitPad(
  graph: OnnxGraph,
  x: OnnxValue,
  paddings: readonly (readonly [before: number, after: number])[],
  filling = 0,
): OnnxValue {
  const shape = x.shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
  if (isSameShape(x.shape, shape)) return x;
  const pads = [...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)];
  const value = graph.constant(x.type, [], [filling]);
  return graph.node('Pad', [x, graph.integers(pads), value], { type: x.type, shape });
}

/** What lies at `indices` (int32) along an axis, its place taken by their axes. */
export function emitGather(graph: OnnxGraph, x: OnnxValue, indices: OnnxValue, axis: number): OnnxValue {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return graph.moveNarrow(x, (own) =>
    graph.node('Gather', [own, indices], { type: own.type, shape }, { attributes: { axis } }),
  );
}

/** The elements of a value. */
export function countOf({ shape }: OnnxValue): number {
  return shape.reduce((product, size) => product * size, 1);
}
