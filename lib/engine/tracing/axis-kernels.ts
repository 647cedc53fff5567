// Owns the kernels that work along one axis and keep it: softmax, running sums and products, the largest of each row.
import { emitCast, emitWhere } from './emit-elements.js';
import { emitReshape } from '../../operations/emit-layout.js';
import {
  axisFromFront,
  inputOf,
  numberOf,
  type TraceCall,
  type TraceKernel,
  type TraceKernels,
} from './trace-kernel.js';

const countOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

const softmax =
  (operator: 'Softmax' | 'LogSoftmax', axisName: string): TraceKernel =>
  (call) => {
    const logits = inputOf(call, 'logits');
    const axis = axisFromFront(numberOf(call, axisName), logits.shape.length);
    return call.graph.node(operator, [logits], { shape: logits.shape }, { attributes: { axis } });
  };

const isSet = ({ attributes }: TraceCall, name: string) => attributes[name] === true;

const cumulativeSum: TraceKernel = (call) => {
  const { graph } = call;
  const given = inputOf(call, 'x');
  const x = given.type === 'bool' ? emitCast(graph, given, 'int32') : given;
  const axis = axisFromFront(numberOf(call, 'axis'), x.shape.length);
  const attributes = { exclusive: isSet(call, 'exclusive') ? 1 : 0, reverse: isSet(call, 'reverse') ? 1 : 0 };
  return graph.node('CumSum', [x, graph.integers([axis])], { type: x.type, shape: x.shape }, { attributes });
};

/** ONNX has none: each place takes the product over what lies before it, from a square of the axis with ones elsewhere. */
const cumulativeProduct: TraceKernel = (call) => {
  const { graph } = call;
  const given = inputOf(call, 'x');
  const x = given.type === 'bool' ? emitCast(graph, given, 'int32') : given;
  const axis = axisFromFront(numberOf(call, 'axis'), x.shape.length);
  const [size, inner] = [x.shape[axis] ?? 1, countOf(x.shape.slice(axis + 1))];
  const outer = countOf(x.shape.slice(0, axis));
  const [isExclusive, isReverse] = [isSet(call, 'exclusive'), isSet(call, 'reverse')];
  const takesPart = Array.from({ length: size * size }, (_, index) => {
    const distance = (Math.floor(index / size) - (index % size)) * (isReverse ? -1 : 1);
    return distance > 0 || (distance === 0 && !isExclusive) ? 1 : 0;
  });
  const one = graph.constant(x.type, [], [1]);
  const mask = graph.constant('bool', [size, size, 1], takesPart);
  const square = emitWhere(graph, mask, emitReshape(graph, x, [outer, 1, size, inner]), one);
  const result = { type: x.type, shape: [outer, size, inner] };
  const product = graph.node('ReduceProd', [square], result, { attributes: { axes: [2], keepdims: 0 } });
  return emitReshape(graph, product, x.shape);
};

const topK: TraceKernel = (call) => {
  const { graph } = call;
  const x = inputOf(call, 'x');
  const count = numberOf(call, 'k');
  const shape = [...x.shape.slice(0, -1), count];
  const [values, places] = graph.nodes(
    'TopK',
    [x, graph.integers([count])],
    [
      { type: x.type, shape },
      { type: 'int64', shape },
    ],
  );
  if (values === undefined || places === undefined) throw new Error('TopK gave no value');
  return [values, graph.cast(places, 'int32')];
};

/** The kernels by tfjs's names. */
export const axisKernels: TraceKernels = {
  Softmax: softmax('Softmax', 'dim'),
  LogSoftmax: softmax('LogSoftmax', 'axis'),
  Cumsum: cumulativeSum,
  Cumprod: cumulativeProduct,
  TopK: topK,
};
