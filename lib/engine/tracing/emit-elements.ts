// Owns the nodes of element-by-element work, with broadcasting. A repeated value is worked on before it is repeated. Knows no
// kernel of tfjs.
import { broadcastShapes, isSameShape } from '../../operations/shapes.js';
import type { OnnxGraph, OnnxType, OnnxValue } from '../../formats/onnx-graph.js';

/** One operator applied to a value before it is repeated; the same element type unless said. */
export function emitUnary(graph: OnnxGraph, operator: string, x: OnnxValue, type = x.type): OnnxValue {
  const source = graph.sourceOf(x);
  return expandTo(graph, graph.node(operator, [source], { type, shape: source.shape }), x.shape);
}

/**
 * One operator applied to two values before they are repeated; the element type of the first unless said.
 * @throws {RangeError} where the shapes do not broadcast.
 */
export function emitBinary(graph: OnnxGraph, operator: string, a: OnnxValue, b: OnnxValue, type?: OnnxType): OnnxValue {
  const [one, other] = [graph.sourceOf(a), graph.sourceOf(b)];
  const shape = broadcastShapes(one.shape, other.shape);
  const result = graph.node(operator, [one, other], { type: type ?? a.type, shape });
  return expandTo(graph, result, broadcastShapes(a.shape, b.shape));
}

/** a + b, where adding 0 everywhere is nothing. */
export function emitAdd(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  const shape = broadcastShapes(a.shape, b.shape);
  if (graph.uniformValue(a) === 0) return expandTo(graph, b, shape);
  if (graph.uniformValue(b) === 0) return expandTo(graph, a, shape);
  return emitBinary(graph, 'Add', a, b);
}

/** a · b, where multiplying by 1 everywhere is nothing. */
export function emitMultiply(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  const shape = broadcastShapes(a.shape, b.shape);
  if (graph.uniformValue(a) === 1) return expandTo(graph, b, shape);
  if (graph.uniformValue(b) === 1) return expandTo(graph, a, shape);
  return emitBinary(graph, 'Mul', a, b);
}

/** `t` where the condition holds, `e` elsewhere; the element type of `t`. */
export function emitWhere(graph: OnnxGraph, condition: OnnxValue, t: OnnxValue, e: OnnxValue): OnnxValue {
  const shape = broadcastShapes(condition.shape, broadcastShapes(t.shape, e.shape));
  const sources = [condition, t, emitCast(graph, e, t.type)].map((value) => graph.sourceOf(value));
  const own = sources.reduce<number[]>((sum, source) => broadcastShapes(sum, source.shape), []);
  return expandTo(graph, graph.node('Where', sources, { type: t.type, shape: own }), shape);
}

/** The value in another element type. */
export function emitCast(graph: OnnxGraph, x: OnnxValue, type: OnnxType): OnnxValue {
  if (x.type === type) return x;
  const source = graph.sourceOf(x);
  return expandTo(graph, graph.cast(source, type), x.shape);
}

function expandTo(graph: OnnxGraph, value: OnnxValue, shape: readonly number[]): OnnxValue {
  return isSameShape(value.shape, shape) ? value : graph.expand(value, shape);
}
