// Owns the kernels that rearrange whole tensors: shapes, axes, joining, repeating, blocks.
import { emitConcat, emitPad, emitReshape, emitSlice, emitTranspose } from '../../operations/emit-layout.js';
import { tf } from '../../operations/tfjs.js';
import {
  axesOf,
  axisFromFront,
  inputOf,
  numberOf,
  numbersOf,
  pairsOf,
  type TraceKernel,
  type TraceKernels,
} from './trace-kernel.js';

const pack: TraceKernel = (call) => {
  const { graph, list } = call;
  const axis = axisFromFront(numberOf(call, 'axis'), (list[0]?.shape.length ?? 0) + 1);
  const parts = list.map((part) =>
    emitReshape(graph, part, [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)]),
  );
  return emitConcat(graph, parts, axis);
};

const unpack: TraceKernel = (call) => {
  const x = inputOf(call, 'value');
  const axis = axisFromFront(numberOf(call, 'axis'), x.shape.length);
  const one = x.shape.map((size, index) => (index === axis ? 1 : size));
  return Array.from({ length: x.shape[axis] ?? 0 }, (_, place) => {
    const begin = x.shape.map((__, index) => (index === axis ? place : 0));
    return emitReshape(call.graph, emitSlice(call.graph, x, begin, one), x.shape.toSpliced(axis, 1));
  });
};

/** Each block of places becomes a row of the batch; the shapes are those of tfjs's own kernel. */
const spaceToBatch: TraceKernel = (call) => {
  const { graph } = call;
  const x = inputOf(call, 'x');
  const block = [...numbersOf(call, 'blockShape')];
  const length = block.reduce((product, size) => product * size, 1);
  const around: [number, number][] = [[0, 0], ...pairsOf(call, 'paddings')];
  while (around.length < x.shape.length) around.push([0, 0]);
  const padded = emitPad(graph, x, around);
  const split = tf.backend_util.getReshaped([...padded.shape], block, length, false);
  const perm = tf.backend_util.getPermuted(split.length, block.length, false);
  const joined = tf.backend_util.getReshapedPermuted([...padded.shape], block, length, false);
  return emitReshape(graph, emitTranspose(graph, emitReshape(graph, padded, split), perm), joined);
};

/** See {@link spaceToBatch}, which it undoes. */
const batchToSpace: TraceKernel = (call) => {
  const { graph } = call;
  const x = inputOf(call, 'x');
  const block = [...numbersOf(call, 'blockShape')];
  const length = block.reduce((product, size) => product * size, 1);
  const crops = pairsOf(call, 'crops');
  const split = tf.backend_util.getReshaped([...x.shape], block, length);
  const perm = tf.backend_util.getPermuted(split.length, block.length);
  const joined = tf.backend_util.getReshapedPermuted([...x.shape], block, length);
  const whole = emitReshape(graph, emitTranspose(graph, emitReshape(graph, x, split), perm), joined);
  const begin = tf.backend_util.getSliceBeginCoords(crops, block.length);
  const size = tf.backend_util.getSliceSize(joined, crops, block.length);
  return emitSlice(graph, whole, begin, [...size, ...joined.slice(size.length)]);
};

const depthToSpace: TraceKernel = (call) => {
  const { graph, attributes } = call;
  if (attributes['dataFormat'] !== 'NHWC') throw new RangeError('depthToSpace is traced with channels last alone');
  const x = inputOf(call, 'x');
  const block = numberOf(call, 'blockSize');
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const depth = channels / (block * block);
  const split = emitReshape(graph, x, [batch, height, width, block, block, depth]);
  return emitReshape(graph, emitTranspose(graph, split, [0, 1, 3, 2, 4, 5]), [
    batch,
    height * block,
    width * block,
    depth,
  ]);
};

/** The kernels by tfjs's names. */
export const layoutKernels: TraceKernels = {
  Reshape: (call) => {
    const x = inputOf(call, 'x');
    const wanted = numbersOf(call, 'shape');
    const known = wanted.reduce((product, size) => (size < 0 ? product : product * size), 1);
    const length = x.shape.reduce((product, size) => product * size, 1);
    return emitReshape(
      call.graph,
      x,
      wanted.map((size) => (size < 0 ? length / known : size)),
    );
  },
  ExpandDims: (call) => {
    const x = inputOf(call, 'input');
    const axis = axisFromFront(numberOf(call, 'dim'), x.shape.length + 1);
    return emitReshape(call.graph, x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
  },
  Transpose: (call) => emitTranspose(call.graph, inputOf(call, 'x'), numbersOf(call, 'perm')),
  Concat: (call) =>
    emitConcat(call.graph, call.list, axisFromFront(numberOf(call, 'axis'), call.list[0]?.shape.length ?? 0)),
  Pack: pack,
  Unpack: unpack,
  Tile: (call) => {
    const x = inputOf(call, 'x');
    const reps = numbersOf(call, 'reps');
    if (reps.every((count) => count === 1)) return x;
    const shape = x.shape.map((size, axis) => size * (reps[axis] ?? 1));
    // So tfjs broadcasts; what is one value along an axis need not be repeated for those who broadcast by themselves.
    if (x.shape.every((size, axis) => size === 1 || reps[axis] === 1)) return call.graph.expand(x, shape);
    return call.graph.node('Tile', [x, call.graph.integers(reps)], { type: x.type, shape });
  },
  Reverse: (call) => {
    const { graph } = call;
    const x = inputOf(call, 'x');
    const axes = axesOf(call, 'dims', x.shape.length);
    const bounds = [axes.map(() => -1), axes.map(() => -(2 ** 31)), axes, axes.map(() => -1)];
    return graph.node('Slice', [x, ...bounds.map((part) => graph.integers(part))], { type: x.type, shape: x.shape });
  },
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
};
