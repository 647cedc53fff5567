// Owns the kernels that make an axis smaller: sums, means, extremes, softmax.
import type { OnnxValue } from '../../formats/onnx-graph.js';
import { axesOf, axisFromFront, inputOf, numberOf, type TraceCall, type TraceKernels } from './trace-kernel.js';

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
function reduce(
  call: TraceCall,
  operator: 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin',
  axesName = 'axis',
): OnnxValue {
  const { graph, attributes } = call;
  const x = inputOf(call, 'x');
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

/** The kernels by tfjs's names. */
export const reductionKernels: TraceKernels = {
  Sum: (call) => reduce(call, 'ReduceSum'),
  Mean: (call) => reduce(call, 'ReduceMean'),
  Max: (call) => reduce(call, 'ReduceMax', 'reductionIndices'),
  Min: (call) => reduce(call, 'ReduceMin'),
  Softmax: (call) => {
    const logits = inputOf(call, 'logits');
    const axis = axisFromFront(numberOf(call, 'dim'), logits.shape.length);
    return call.graph.node('Softmax', [logits], { shape: logits.shape }, { attributes: { axis } });
  },
};
