// Owns the kernels of activation functions, and of the gradients that tfjs has as kernels of their own.
import type { OnnxAttribute } from '../../formats/onnx.js';
import type { OnnxValue } from '../../formats/onnx-graph.js';
import { emitAdd, emitBinary, emitCast, emitMultiply, emitUnary, emitWhere } from './emit-elements.js';
import { inputOf, numberOf, type TraceCall, type TraceKernel, type TraceKernels } from './trace-kernel.js';

/** Slope above 0, and the limit far below 0, of the self-normalising unit (Klambauer et al. 2017, section 2). */
const selu = { gamma: 1.0507009873554805, alpha: 1.6732632423543772 };

/** tfjs kernel → ONNX operator of one input. */
const operators = { Relu: 'Relu', Sigmoid: 'Sigmoid', Softplus: 'Softplus', Tanh: 'Tanh' } as const;

const plain = Object.fromEntries(
  Object.entries(operators).map(([kernel, operator]): [string, TraceKernel] => [
    kernel,
    (call) => emitUnary(call.graph, operator, inputOf(call, 'x')),
  ]),
);

function withAttributes(call: TraceCall, operator: string, attributes: Record<string, OnnxAttribute>): OnnxValue {
  const x = inputOf(call, 'x');
  return call.graph.node(operator, [x], { shape: x.shape }, { attributes });
}

function clip(call: TraceCall, low: number, high: number): OnnxValue {
  const x = inputOf(call, 'x');
  const bounds = [low, high].map((bound) => call.graph.constant(x.type, [], [bound]));
  return call.graph.node('Clip', [x, ...bounds], { type: x.type, shape: x.shape });
}

/** The kernels by tfjs's names. */
export const activationKernels: TraceKernels = {
  ...plain,
  Relu6: (call) => clip(call, 0, 6),
  ClipByValue: (call) => clip(call, numberOf(call, 'clipValueMin'), numberOf(call, 'clipValueMax')),
  LeakyRelu: (call) => withAttributes(call, 'LeakyRelu', { alpha: { float: numberOf(call, 'alpha') } }),
  Elu: (call) => withAttributes(call, 'Elu', { alpha: { float: 1 } }),
  Selu: (call) => withAttributes(call, 'Selu', { gamma: { float: selu.gamma }, alpha: { float: selu.alpha } }),
  Prelu: (call) => {
    const [x, alpha] = [inputOf(call, 'x'), inputOf(call, 'alpha')];
    return call.graph.node('PRelu', [x, alpha], { shape: x.shape });
  },
  // ∂y at and above 0, ∂y · (y + 1) below, y what the function gave
  EluGrad: (call) => {
    const { graph } = call;
    const [dy, y] = [inputOf(call, 'dy'), inputOf(call, 'y')];
    const below = emitMultiply(graph, dy, emitAdd(graph, y, graph.scalar(1)));
    return emitWhere(graph, emitBinary(graph, 'GreaterOrEqual', y, graph.scalar(0), 'bool'), dy, below);
  },
  // 1 above 0, `alpha` elsewhere
  Step: (call) => {
    const { graph } = call;
    const x = inputOf(call, 'x');
    const isAbove = emitBinary(graph, 'Greater', x, graph.constant(x.type, [], [0]), 'bool');
    const above = emitCast(graph, isAbove, 'float32');
    const alpha = numberOf(call, 'alpha');
    if (alpha === 0) return above;
    return emitAdd(graph, emitMultiply(graph, above, graph.scalar(1 - alpha)), graph.scalar(alpha));
  },
};
