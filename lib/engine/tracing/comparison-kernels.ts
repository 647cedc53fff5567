// Owns the kernels that tell booleans, combine them, and choose by them, element by element, with broadcasting.
import type { OnnxType } from '../../formats/onnx.js';
import { emitBinary, emitCast, emitUnary, emitWhere } from './emit-elements.js';
import { inputOf, type TraceKernel, type TraceKernels } from './trace-kernel.js';

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

const comparisons = Object.fromEntries(
  Object.entries(comparisonOperators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    (call) => emitBinary(call.graph, operator, inputOf(call, 'a'), inputOf(call, 'b'), 'bool'),
  ]),
);

/** The kernels by tfjs's names. */
export const comparisonKernels: TraceKernels = {
  ...comparisons,
  NotEqual: (call) => {
    const { graph } = call;
    return emitUnary(graph, 'Not', emitBinary(graph, 'Equal', inputOf(call, 'a'), inputOf(call, 'b'), 'bool'));
  },
  LogicalNot: (call) => emitUnary(call.graph, 'Not', inputOf(call, 'x')),
  IsNan: (call) => emitUnary(call.graph, 'IsNaN', inputOf(call, 'x'), 'bool'),
  IsInf: (call) => emitUnary(call.graph, 'IsInf', inputOf(call, 'x'), 'bool'),
  IsFinite: (call) => {
    const { graph } = call;
    const x = inputOf(call, 'x');
    const [isNan, isInfinite] = [emitUnary(graph, 'IsNaN', x, 'bool'), emitUnary(graph, 'IsInf', x, 'bool')];
    return emitUnary(graph, 'Not', emitBinary(graph, 'Or', isNan, isInfinite, 'bool'));
  },
  Select: (call) => {
    const { graph } = call;
    const [t, e] = [inputOf(call, 't'), inputOf(call, 'e')];
    // As tfjs has it, of numbers of two types the wider one; `e` follows `t`.
    return emitWhere(graph, inputOf(call, 'condition'), emitCast(graph, t, widerOf(t.type, e.type)), e);
  },
};

function widerOf(one: OnnxType, other: OnnxType): OnnxType {
  for (const type of ['float32', 'int32'] as const) if (one === type || other === type) return type;
  return one;
}
