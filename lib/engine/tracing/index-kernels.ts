// Owns the kernels that pick or place parts of a tensor by indices that are tensors themselves.
import type { OnnxGraph, OnnxValue } from '../../formats/onnx-graph.js';
import { emitAdd, emitBinary, emitCast, emitMultiply, emitWhere } from './emit-elements.js';
import { emitGather, emitReshape, emitTranspose } from '../../operations/emit-layout.js';
import { emitRowSums } from './emit-row-sums.js';
import {
  axisFromFront,
  inputOf,
  numberOf,
  numbersOf,
  onnxTypeOf,
  type TraceKernel,
  type TraceKernels,
} from './trace-kernel.js';

const countOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The axis may lie behind `batchDims` axes that indices and `x` share: then they become one, and each sample its own part of it. */
const gather: TraceKernel = (call) => {
  const { graph, attributes } = call;
  const [x, indices] = [inputOf(call, 'x'), inputOf(call, 'indices')];
  const axis = axisFromFront(numberOf(call, 'axis'), x.shape.length);
  const batchDims = attributes['batchDims'] === undefined ? 0 : numberOf(call, 'batchDims');
  if (batchDims === 0) return emitGather(graph, x, indices, axis);
  const front = x.shape.slice(0, batchDims);
  const between = x.shape.slice(batchDims, axis);
  const behind = x.shape.slice(axis + 1);
  const [samples, size, picked] = [countOf(front), x.shape[axis] ?? 1, indices.shape.slice(batchDims)];
  const apart = emitReshape(graph, x, [samples, countOf(between), size, countOf(behind)]);
  const rows = emitReshape(graph, emitTranspose(graph, apart, [0, 2, 1, 3]), [
    samples * size,
    countOf(between),
    countOf(behind),
  ]);
  const starts = graph.constant(
    'int32',
    [samples, 1],
    Int32Array.from({ length: samples }, (_, i) => i * size),
  );
  const places = emitAdd(graph, emitReshape(graph, indices, [samples, countOf(picked)]), starts);
  const found = emitTranspose(graph, emitGather(graph, rows, places, 0), [0, 2, 1, 3]);
  return emitReshape(graph, found, [...front, ...between, ...picked, ...behind]);
};

const gatherNd: TraceKernel = (call) => {
  const [x, indices] = [inputOf(call, 'params'), inputOf(call, 'indices')];
  const depth = indices.shape.at(-1) ?? 0;
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
  return call.graph.node('GatherND', [x, emitCast(call.graph, indices, 'int64')], { type: x.type, shape });
};

/** Rows that fall on the same place add up. */
const scatterNd: TraceKernel = (call) => {
  const { graph } = call;
  const [indices, updates] = [inputOf(call, 'indices'), inputOf(call, 'updates')];
  const shape = numbersOf(call, 'shape');
  const depth = indices.shape.at(-1) ?? 1;
  const rows = countOf(indices.shape.slice(0, -1));
  const width = countOf(shape.slice(depth));
  const places = emitFlatIndices(graph, emitReshape(graph, indices, [rows, depth]), shape.slice(0, depth));
  const values = emitReshape(graph, updates, [rows, width]);
  return emitReshape(graph, emitRowSums(graph, values, places, countOf(shape.slice(0, depth))), shape);
};

/** `[N, depth]` places along the first axes of a shape → `[N]` places in row-major order. */
function emitFlatIndices(graph: OnnxGraph, indices: OnnxValue, sizes: readonly number[]): OnnxValue {
  const [rows = 0, depth = 1] = indices.shape;
  if (depth === 1) return emitReshape(graph, indices, [rows]);
  const strides = sizes.map((_, axis) => countOf(sizes.slice(axis + 1)));
  const scaled = emitMultiply(graph, indices, graph.constant('int32', [depth], strides));
  const axes = graph.integers([1]);
  return graph.node('ReduceSum', [scaled, axes], { type: 'int32', shape: [rows] }, { attributes: { keepdims: 0 } });
}

/** The indices must differ: which of two updates of one place stays is not defined. */
const tensorScatterUpdate: TraceKernel = (call) => {
  const { graph } = call;
  const [tensor, indices, updates] = [inputOf(call, 'tensor'), inputOf(call, 'indices'), inputOf(call, 'updates')];
  const places = emitCast(graph, indices, 'int64');
  return graph.node('ScatterND', [tensor, places, updates], { type: tensor.type, shape: tensor.shape });
};

const unsortedSegmentSum: TraceKernel = (call) => {
  const { graph } = call;
  const [x, ids] = [inputOf(call, 'x'), inputOf(call, 'segmentIds')];
  const count = numberOf(call, 'numSegments');
  const [rows, behind] = [countOf(ids.shape), x.shape.slice(ids.shape.length)];
  const values = emitReshape(graph, x, [rows, countOf(behind)]);
  const sums = emitRowSums(graph, values, emitReshape(graph, ids, [rows]), count);
  return emitReshape(graph, sums, [count, ...behind]);
};

const oneHot: TraceKernel = (call) => {
  const { graph } = call;
  const indices = inputOf(call, 'indices');
  const type = onnxTypeOf(call.attributes['dtype']);
  const depth = numberOf(call, 'depth');
  const places = graph.constant(
    'int32',
    [depth],
    Int32Array.from({ length: depth }, (_, place) => place),
  );
  const isThere = emitBinary(graph, 'Equal', emitReshape(graph, indices, [...indices.shape, 1]), places, 'bool');
  const [on, off] = [numberOf(call, 'onValue'), numberOf(call, 'offValue')];
  if (on === 1 && off === 0) return emitCast(graph, isThere, type);
  return emitWhere(graph, isThere, graph.constant(type, [], [on]), graph.constant(type, [], [off]));
};

/** The kernels by tfjs's names. */
export const indexKernels: TraceKernels = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  TensorScatterUpdate: tensorScatterUpdate,
  UnsortedSegmentSum: unsortedSegmentSum,
  OneHot: oneHot,
};
