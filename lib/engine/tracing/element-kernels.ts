// Owns the kernels of arithmetic and of functions of one number, element by element, with broadcasting.
import { broadcastShapes } from '../../operations/shapes.js';
import type { OnnxGraph, OnnxValue } from '../../formats/onnx-graph.js';
import { emitAdd, emitBinary, emitCast, emitMultiply, emitUnary, emitWhere } from './emit-elements.js';
import { inputOf, numberOf, onnxTypeOf, type TraceKernel, type TraceKernels } from './trace-kernel.js';

/** tfjs kernel → ONNX operator of one input, same type, for whole numbers too. */
const unaryOperators = { Abs: 'Abs', Neg: 'Neg', Sign: 'Sign' } as const;

/** tfjs kernel → ONNX operator of one input that knows float32 alone; tfjs gives whole numbers for whole numbers. */
const floatOperators = {
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Erf: 'Erf',
  Floor: 'Floor',
  Log: 'Log',
  Reciprocal: 'Reciprocal',
  Round: 'Round',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
} as const;

/** tfjs kernel → ONNX operator of two inputs, same type. */
const binaryOperators = { Maximum: 'Max', Minimum: 'Min', Pow: 'Pow', RealDiv: 'Div', Sub: 'Sub' } as const;

/** The kernel of a function of float32, which whole numbers go through and come back from. */
const inFloat =
  (emit: (graph: OnnxGraph, x: OnnxValue) => OnnxValue): TraceKernel =>
  (call) => {
    const x = inputOf(call, 'x');
    return emitCast(call.graph, emit(call.graph, emitCast(call.graph, x, 'float32')), x.type);
  };

const unary = Object.fromEntries(
  Object.entries(unaryOperators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    (call) => emitUnary(call.graph, operator, inputOf(call, 'x')),
  ]),
);

const floats = Object.fromEntries(
  Object.entries(floatOperators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    inFloat((graph, x) => emitUnary(graph, operator, x)),
  ]),
);

const binary = Object.fromEntries(
  Object.entries(binaryOperators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    (call) => emitBinary(call.graph, operator, inputOf(call, 'a'), inputOf(call, 'b')),
  ]),
);

/** log(1 + x); below 1 by `log(u) · x / (u − 1)`, u = 1 + x rounded, which loses no digit (Kahan 1982). */
function emitLog1p(graph: OnnxGraph, x: OnnxValue): OnnxValue {
  const one = graph.scalar(1);
  const sum = emitBinary(graph, 'Add', x, one);
  const logarithm = emitUnary(graph, 'Log', sum);
  const corrected = emitMultiply(graph, logarithm, emitBinary(graph, 'Div', x, emitBinary(graph, 'Sub', sum, one)));
  const small = emitWhere(graph, emitBinary(graph, 'Equal', sum, one, 'bool'), x, corrected);
  return emitWhere(graph, emitBinary(graph, 'Less', emitUnary(graph, 'Abs', x), one, 'bool'), small, logarithm);
}

/** The angle of (b, a): atan(a / |b|), taken from half a turn where b < 0; 0 where both are 0. */
function emitAtan2(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  const zero = graph.scalar(0);
  const isBelow = (x: OnnxValue) => emitBinary(graph, 'Less', x, zero, 'bool');
  const size = emitUnary(graph, 'Abs', b);
  const angle = emitUnary(graph, 'Atan', emitBinary(graph, 'Div', a, size));
  const half = emitWhere(graph, isBelow(a), graph.scalar(-Math.PI), graph.scalar(Math.PI));
  const turned = emitWhere(graph, isBelow(b), emitBinary(graph, 'Sub', half, angle), angle);
  const isNowhere = emitBinary(
    graph,
    'Equal',
    emitBinary(graph, 'Add', emitUnary(graph, 'Abs', a), size),
    zero,
    'bool',
  );
  return emitWhere(graph, isNowhere, zero, turned);
}

/** Whole numbers cannot be divided by 0 without ending the process: 1 stands for it. */
function emitSafeDivisor(graph: OnnxGraph, b: OnnxValue): OnnxValue {
  const known = graph.uniformValue(b);
  if (b.type === 'float32' || (known !== undefined && known !== 0)) return b;
  const isZero = emitBinary(graph, 'Equal', b, graph.constant(b.type, [], [0]), 'bool');
  return emitWhere(graph, isZero, graph.constant(b.type, [], [1]), b);
}

/** The remainder with the divisor's sign; for whole numbers 0 where the divisor is 0. */
function emitModulo(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  if (a.type !== 'float32') return emitBinary(graph, 'Mod', a, emitSafeDivisor(graph, b));
  const zero = graph.scalar(0);
  const remainder = (x: OnnxValue) => {
    const shape = broadcastShapes(x.shape, b.shape);
    return graph.node('Mod', [x, b], { shape }, { attributes: { fmod: 1 } });
  };
  const plain = remainder(a);
  const isBelow = (x: OnnxValue) => emitBinary(graph, 'Less', x, zero, 'bool');
  const isOther = emitBinary(graph, 'Xor', isBelow(a), isBelow(b), 'bool');
  return emitWhere(graph, isOther, remainder(emitAdd(graph, plain, b)), plain);
}

/** ⌊a / b⌋ as int32, exact for whole numbers; 0 where a whole number is divided by 0. */
function emitFloorDivide(graph: OnnxGraph, a: OnnxValue, b: OnnxValue): OnnxValue {
  if (a.type === 'float32') {
    return emitCast(graph, emitUnary(graph, 'Floor', emitBinary(graph, 'Div', a, b)), 'int32');
  }
  const divisor = emitSafeDivisor(graph, b);
  const quotient = emitBinary(graph, 'Div', emitBinary(graph, 'Sub', a, emitBinary(graph, 'Mod', a, divisor)), divisor);
  if (divisor === b) return quotient;
  const zero = graph.constant(a.type, [], [0]);
  return emitWhere(graph, emitBinary(graph, 'Equal', b, zero, 'bool'), zero, quotient);
}

/** The kernels by tfjs's names. */
export const elementKernels: TraceKernels = {
  ...unary,
  ...floats,
  ...binary,
  Add: (call) => emitAdd(call.graph, inputOf(call, 'a'), inputOf(call, 'b')),
  Multiply: (call) => emitMultiply(call.graph, inputOf(call, 'a'), inputOf(call, 'b')),
  AddN: ({ graph, list }) => list.reduce((sum, value) => emitAdd(graph, sum, value)),
  Atan2: (call) => emitAtan2(call.graph, inputOf(call, 'a'), inputOf(call, 'b')),
  Mod: (call) => emitModulo(call.graph, inputOf(call, 'a'), inputOf(call, 'b')),
  FloorDiv: (call) => emitFloorDivide(call.graph, inputOf(call, 'a'), inputOf(call, 'b')),
  Square: (call) => emitBinary(call.graph, 'Mul', inputOf(call, 'x'), inputOf(call, 'x')),
  SquaredDifference: (call) => {
    const difference = emitBinary(call.graph, 'Sub', inputOf(call, 'a'), inputOf(call, 'b'));
    return emitBinary(call.graph, 'Mul', difference, difference);
  },
  // Always float32.
  Exp: (call) => emitUnary(call.graph, 'Exp', emitCast(call.graph, inputOf(call, 'x'), 'float32')),
  // tanh(x / 2) · (exp(x) + 1), which loses no digit where x is small.
  Expm1: inFloat((graph, x) => {
    const half = emitUnary(graph, 'Tanh', emitMultiply(graph, x, graph.scalar(0.5)));
    return emitMultiply(graph, half, emitAdd(graph, emitUnary(graph, 'Exp', x), graph.scalar(1)));
  }),
  Log1p: inFloat(emitLog1p),
  Rsqrt: inFloat((graph, x) => emitUnary(graph, 'Reciprocal', emitUnary(graph, 'Sqrt', x))),
  // (x − mean) / √(variance + ε) · scale + offset, the statistics and both others along the last axis.
  FusedBatchNorm: (call) => {
    const { graph, inputs } = call;
    const spread = emitAdd(graph, inputOf(call, 'variance'), graph.scalar(numberOf(call, 'varianceEpsilon')));
    const inverse = emitUnary(graph, 'Reciprocal', emitUnary(graph, 'Sqrt', spread));
    const { scale, offset } = inputs;
    const slope = scale === undefined ? inverse : emitMultiply(graph, inverse, scale);
    const centred = emitBinary(graph, 'Sub', inputOf(call, 'x'), inputOf(call, 'mean'));
    const scaled = emitMultiply(graph, centred, slope);
    return offset === undefined ? scaled : emitAdd(graph, scaled, offset);
  },
  Cast: (call) => emitCast(call.graph, inputOf(call, 'x'), onnxTypeOf(call.attributes['dtype'])),
  Identity: (call) => inputOf(call, 'x'),
};
