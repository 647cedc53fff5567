// Owns the kernels whose result is known when the graph is made.
import { inputOf, numberOf, numbersOf, onnxTypeOf, type TraceKernel, type TraceKernels } from './trace-kernel.js';

const filled =
  (value: number): TraceKernel =>
  (call) => {
    const { type, shape } = inputOf(call, 'x');
    return call.graph.expand(call.graph.constant(type, [], [value]), shape);
  };

/** The kernels by tfjs's names. */
export const constantKernels: TraceKernels = {
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Fill: (call) => {
    const { graph, attributes } = call;
    const type = onnxTypeOf(attributes['dtype'] ?? 'float32');
    return graph.expand(graph.constant(type, [], [numberOf(call, 'value')]), numbersOf(call, 'shape'));
  },
  Range: (call) => {
    const [start, stop, step] = [numberOf(call, 'start'), numberOf(call, 'stop'), numberOf(call, 'step')];
    const length = Math.max(0, Math.ceil((stop - start) / step));
    const numbers = Array.from({ length }, (_, index) => start + index * step);
    return call.graph.constant(onnxTypeOf(call.attributes['dtype'] ?? 'float32'), [length], numbers);
  },
  LinSpace: (call) => {
    const [start, stop, count] = [numberOf(call, 'start'), numberOf(call, 'stop'), numberOf(call, 'num')];
    const step = count < 2 ? 0 : (stop - start) / (count - 1);
    const numbers = Array.from({ length: count }, (_, index) => start + index * step);
    return call.graph.constant('float32', [count], numbers);
  },
};
