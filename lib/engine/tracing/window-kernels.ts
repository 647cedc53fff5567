// Owns the kernels that cut parts out of a tensor or put something around it.
import { emitGather, emitPad, emitReshape, emitSlice } from '../../operations/emit-layout.js';
import { tf } from '../../operations/tfjs.js';
import {
  axisFromFront,
  inputOf,
  numberOf,
  numbersOf,
  pairsOf,
  type TraceKernel,
  type TraceKernels,
} from './trace-kernel.js';

const slice: TraceKernel = (call) => {
  const x = inputOf(call, 'x');
  const begin = numbersOf(call, 'begin');
  const size = call.attributes['size'] === undefined ? [] : numbersOf(call, 'size');
  const shape = x.shape.map((length, axis) => {
    const wanted = size[axis] ?? -1;
    return wanted < 0 ? length - (begin[axis] ?? 0) : wanted;
  });
  return emitSlice(call.graph, x, begin, shape);
};

const stridedSlice: TraceKernel = (call) => {
  const { graph } = call;
  const x = inputOf(call, 'x');
  const mask = (name: string) => numberOf(call, name);
  const plan = tf.slice_util.sliceInfo(
    [...x.shape],
    [...numbersOf(call, 'begin')],
    [...numbersOf(call, 'end')],
    [...numbersOf(call, 'strides')],
    mask('beginMask'),
    mask('endMask'),
    mask('ellipsisMask'),
    mask('newAxisMask'),
    mask('shrinkAxisMask'),
  );
  // Backwards to the very first element: −1 would be the last one.
  const ends = plan.end.map((end, axis) => (end < 0 && (plan.strides[axis] ?? 1) < 0 ? -(2 ** 31) : end));
  const axes = x.shape.map((_, axis) => axis);
  const bounds = [plan.begin, ends, axes, plan.strides].map((part) => graph.integers(part));
  const shape = tf.slice_util.computeOutShape(plan.begin, plan.end, plan.strides);
  const part = graph.node('Slice', [x, ...bounds], { type: x.type, shape });
  return emitReshape(graph, part, plan.finalShape);
};

const split: TraceKernel = (call) => {
  const { graph, attributes } = call;
  const x = inputOf(call, 'x');
  const axis = axisFromFront(numberOf(call, 'axis'), x.shape.length);
  const length = x.shape[axis] ?? 0;
  const asked = attributes['numOrSizeSplits'];
  const sizes =
    typeof asked === 'number'
      ? Array.from({ length: asked }, () => length / asked)
      : [...numbersOf(call, 'numOrSizeSplits')];
  const rest = length - sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  let start = 0;
  return sizes.map((size) => {
    const begin = x.shape.map((_, index) => (index === axis ? start : 0));
    const part = size < 0 ? rest : size;
    start += part;
    return emitSlice(
      graph,
      x,
      begin,
      x.shape.map((whole, index) => (index === axis ? part : whole)),
    );
  });
};

/** Mirrored at the border: the border itself is repeated where `mode` is symmetric, not where it is reflect. */
const mirrorPad: TraceKernel = (call) => {
  const { graph, attributes } = call;
  const repeats = attributes['mode'] === 'symmetric' ? 1 : 0;
  return pairsOf(call, 'paddings').reduce(
    (padded, [before, after], axis) => {
      if (before === 0 && after === 0) return padded;
      const size = padded.shape[axis] ?? 0;
      const indices = Array.from({ length: before + size + after }, (_, index) => {
        const place = index - before;
        if (place < 0) return -place - repeats;
        return place < size ? place : 2 * (size - 1) - place + repeats;
      });
      return emitGather(graph, padded, graph.constant('int32', [indices.length], indices), axis);
    },
    inputOf(call, 'x'),
  );
};

/** The kernels by tfjs's names. */
export const windowKernels: TraceKernels = {
  Slice: slice,
  StridedSlice: stridedSlice,
  SplitV: split,
  PadV2: (call) => emitPad(call.graph, inputOf(call, 'x'), pairsOf(call, 'paddings'), numberOf(call, 'constantValue')),
  MirrorPad: mirrorPad,
};
