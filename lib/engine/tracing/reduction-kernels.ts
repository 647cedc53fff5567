// Owns the kernels that take axes away: sums, means, products, extremes and where they are.
import type { OnnxValue } from '../../formats/onnx-graph.js';
import { emitCast } from './emit-elements.js';
import { axesOf, axisFromFront, inputOf, numbersOf, type TraceCall, type TraceKernels } from './trace-kernel.js';

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd';

/** The shape without some axes, or with 1 in their place. */
function reducedShape({ shape }: OnnxValue, axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

/**
 * tfjs reduces with axes, by the name `axesName`, and `keepDims`; an ONNX reduction before opset 18 has its axes as an
 * attribute, a sum as an input.
 */
function reduce(call: TraceCall, operator: Reduction, x = inputOf(call, 'x'), axesName = 'axis'): OnnxValue {
  const { graph, attributes } = call;
  const axes = axesOf(call, axesName, x.shape.length);
  const keepDims = attributes['keepDims'] === true;
  if (axes.length === 0) return x;
  const result = { type: x.type, shape: reducedShape(x, axes, keepDims) };
  const keepdims = keepDims ? 1 : 0;
  if (operator === 'ReduceSum') {
    return graph.node(operator, [x, graph.integers(axes)], result, { attributes: { keepdims } });
  }
  return graph.node(operator, [x], result, { attributes: { axes, keepdims } });
}

/** Whether booleans hold everywhere, or anywhere: the least or the largest of 0 and 1. */
function reduceBooleans(call: TraceCall, operator: 'ReduceMin' | 'ReduceMax'): OnnxValue {
  return emitCast(call.graph, reduce(call, operator, emitCast(call.graph, inputOf(call, 'x'), 'int32')), 'bool');
}

/** Where the first of the extremes along one axis is, as int32. */
function placeOf(call: TraceCall, operator: 'ArgMax' | 'ArgMin'): OnnxValue {
  const x = inputOf(call, 'x');
  const axis = axisFromFront(numbersOf(call, 'axis')[0] ?? 0, x.shape.length);
  const result = { type: 'int64' as const, shape: reducedShape(x, [axis], false) };
  return call.graph.cast(call.graph.node(operator, [x], result, { attributes: { axis, keepdims: 0 } }), 'int32');
}

/** The kernels by tfjs's names. */
export const reductionKernels: TraceKernels = {
  Sum: (call) => reduce(call, 'ReduceSum'),
  // Always float32.
  Mean: (call) => reduce(call, 'ReduceMean', emitCast(call.graph, inputOf(call, 'x'), 'float32')),
  Prod: (call) => reduce(call, 'ReduceProd'),
  Max: (call) => reduce(call, 'ReduceMax', inputOf(call, 'x'), 'reductionIndices'),
  Min: (call) => reduce(call, 'ReduceMin'),
  All: (call) => reduceBooleans(call, 'ReduceMin'),
  Any: (call) => reduceBooleans(call, 'ReduceMax'),
  ArgMax: (call) => placeOf(call, 'ArgMax'),
  ArgMin: (call) => placeOf(call, 'ArgMin'),
};
