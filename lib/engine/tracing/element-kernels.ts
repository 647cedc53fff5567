// Owns the kernels that work element by element, with broadcasting. A repeated value is worked on before it is repeated.
import type { OnnxGraph, OnnxType, OnnxValue } from '../../formats/onnx-graph.js';
import {
  broadcastShapes,
  inputOf,
  isSameShape,
  numberOf,
  onnxTypeOf,
  type TraceKernel,
  type TraceKernels,
} from './trace-kernel.js';

/** tfjs kernel → ONNX operator of one input, same type. */
const unaryOperators = {
  Abs: 'Abs',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tanh: 'Tanh',
} as const;

/** tfjs kernel → ONNX operator of two inputs, same type. */
const binaryOperators = {
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
  RealDiv: 'Div',
  Sub: 'Sub',
} as const;

/** tfjs kernel → ONNX operator of two inputs that gives booleans. */
const comparisonOperators = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
} as const;

/** Applies one operator to a value before it is repeated. */
export function emitUnary(graph: OnnxGraph, operator: string, x: OnnxValue): OnnxValue {
  const source = graph.sourceOf(x);
  const result = graph.node(operator, [source], { type: x.type, shape: source.shape });
  return expandTo(graph, result, x.shape);
}

/** Applies one operator to two values before they are repeated. */
export function emitBinary(graph: OnnxGraph, operator: string, a: OnnxValue, b: OnnxValue, type?: OnnxType): OnnxValue {
  const [one, other] = [graph.sourceOf(a), graph.sourceOf(b)];
  const shape = broadcastShapes(one.shape, other.shape);
  const result = graph.node(operator, [one, other], { type: type ?? a.type, shape });
  return expandTo(graph, result, broadcastShapes(a.shape, b.shape));
}

function expandTo(graph: OnnxGraph, value: OnnxValue, shape: readonly number[]): OnnxValue {
  return isSameShape(value.shape, shape) ? value : graph.expand(value, shape);
}

/** a + b, where adding 0 everywhere is nothing. */
function emitAdd(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  const shape = broadcastShapes(a.shape, b.shape);
  if (graph.uniformValue(a) === 0) return expandTo(graph, b, shape);
  if (graph.uniformValue(b) === 0) return expandTo(graph, a, shape);
  return emitBinary(graph, 'Add', a, b);
}

/** a · b, where multiplying by 1 everywhere is nothing. */
function emitMultiply(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  const shape = broadcastShapes(a.shape, b.shape);
  if (graph.uniformValue(a) === 1) return expandTo(graph, b, shape);
  if (graph.uniformValue(b) === 1) return expandTo(graph, a, shape);
  return emitBinary(graph, 'Mul', a, b);
}

/** The value in another type. */
export function emitCast(graph: OnnxGraph, x: OnnxValue, type: OnnxType): OnnxValue {
  if (x.type === type) return x;
  const source = graph.sourceOf(x);
  return expandTo(graph, graph.cast(source, type), x.shape);
}

const filled =
  (value: number): TraceKernel =>
  (call) => {
    const { type, shape } = inputOf(call, 'x');
    return call.graph.expand(call.graph.constant(type, [], [value]), shape);
  };

const unary = Object.fromEntries(
  Object.entries(unaryOperators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    (call) => emitUnary(call.graph, operator, inputOf(call, 'x')),
  ]),
);

const binary = Object.fromEntries(
  Object.entries(binaryOperators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    (call) => emitBinary(call.graph, operator, inputOf(call, 'a'), inputOf(call, 'b')),
  ]),
);

const comparisons = Object.fromEntries(
  Object.entries(comparisonOperators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    (call) => emitBinary(call.graph, operator, inputOf(call, 'a'), inputOf(call, 'b'), 'bool'),
  ]),
);

/** The kernels by tfjs's names. */
export const elementKernels: TraceKernels = {
  ...unary,
  ...binary,
  ...comparisons,
  Add: (call) => emitAdd(call.graph, inputOf(call, 'a'), inputOf(call, 'b')),
  Multiply: (call) => emitMultiply(call.graph, inputOf(call, 'a'), inputOf(call, 'b')),
  AddN: ({ graph, list }) => list.reduce((sum, value) => emitAdd(graph, sum, value)),
  Square: (call) => emitBinary(call.graph, 'Mul', inputOf(call, 'x'), inputOf(call, 'x')),
  SquaredDifference: (call) => {
    const difference = emitBinary(call.graph, 'Sub', inputOf(call, 'a'), inputOf(call, 'b'));
    return emitBinary(call.graph, 'Mul', difference, difference);
  },
  Rsqrt: (call) => emitUnary(call.graph, 'Reciprocal', emitUnary(call.graph, 'Sqrt', inputOf(call, 'x'))),
  Log1p: (call) => emitUnary(call.graph, 'Log', emitAdd(call.graph, inputOf(call, 'x'), call.graph.scalar(1))),
  // 1 above 0, `alpha` elsewhere
  Step: (call) => {
    const { graph } = call;
    const x = inputOf(call, 'x');
    const above = emitCast(graph, emitBinary(graph, 'Greater', x, graph.scalar(0), 'bool'), 'float32');
    const alpha = numberOf(call, 'alpha');
    if (alpha === 0) return above;
    return emitAdd(graph, emitMultiply(graph, above, graph.scalar(1 - alpha)), graph.scalar(alpha));
  },
  ClipByValue: (call) => {
    const { graph } = call;
    const low = graph.scalar(numberOf(call, 'clipValueMin'));
    const high = graph.scalar(numberOf(call, 'clipValueMax'));
    const x = inputOf(call, 'x');
    return graph.node('Clip', [x, low, high], { type: x.type, shape: x.shape });
  },
  NotEqual: (call) => {
    const { graph } = call;
    return emitUnary(graph, 'Not', emitBinary(graph, 'Equal', inputOf(call, 'a'), inputOf(call, 'b'), 'bool'));
  },
  LogicalNot: (call) => emitUnary(call.graph, 'Not', inputOf(call, 'x')),
  Select: (call) => {
    const [condition, t, e] = [inputOf(call, 'condition'), inputOf(call, 't'), inputOf(call, 'e')];
    const shape = broadcastShapes(condition.shape, broadcastShapes(t.shape, e.shape));
    return call.graph.node('Where', [condition, t, e], { type: t.type, shape });
  },
  Cast: (call) => emitCast(call.graph, inputOf(call, 'x'), onnxTypeOf(call.attributes['dtype'])),
  Identity: (call) => inputOf(call, 'x'),
  ZerosLike: filled(0),
  OnesLike: filled(1),
};
