// Owns pictures in between two, made by motion: what moves from the one to the other is found block by block and carried along
// both ways. Knows nothing of clips and masks. Nothing is learned through it.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { emitReshape } from './emit-layout.js';
import { named, type Operation, runForOne } from './operation.js';
import { tf } from './tfjs.js';

/** Pixels a side of the blocks that motion is found for, of pictures whose shorter side is brought to about 64 pixels first. */
const blockSize = 8;
const matchedSize = 64;

/** Half of what a block may move from the one picture to the other, in pixels of the matched size, both ways on each axis. */
const reach = 3;

/** The mean difference, of values from 0 to 1, that makes a motion less likely by e. */
const tolerance = 0.005;

/** What each pixel of a motion costs in the same measure: where nothing can be told, nothing moves. */
const cost = 0.0017;

/** Whether motion can be found in pictures of this size: their sides are whole numbers of blocks. */
export function hasBlocks(height: number, width: number): boolean {
  return height >= blockSize && width >= blockSize && height % blockSize === 0 && width % blockSize === 0;
}

/**
 * Symmetric block matching, and the mean of both pictures carried along (bidirectional motion compensation, as frame rates are raised):
 * with v the half motion of a place in the middle of the gap, the picture at α is (1 − α) · before(x − 2 α v) +
 * α · after(x + 2 (1 − α) v).
 * @param before `[R, C, H, W]`, values that span about 1; sides for which {@link hasBlocks}
 * @param after the picture behind the gap, likewise
 * @param times `[R, G]`: the α of each picture, from 0 at `before` to 1 at `after`
 * @returns `[R, C, G, H, W]`
 */
export function compensateMotion(before: tf.Tensor, after: tf.Tensor, times: tf.Tensor): tf.Tensor {
  const [count = 1, channels = 1, height = 1, width = 1] = before.shape;
  const frames = times.shape[1] ?? 1;
  const blocks = runForOne(blockMotion, { before, after });
  const [, , rows = 1, columns = 1] = blocks.shape;
  const lines = tf.matMul(spread(rows, height), blocks);
  const smooth = tf.transpose(tf.matMul(lines, spread(columns, width), false, true), [0, 2, 3, 1]);
  const whole = tf.mul(smooth, tf.tensor1d([4 / (width - 1), 4 / (height - 1)]));
  const motion = tf.reshape(whole, [count, 1, height, width, 2]);
  const places = tf.reshape(tf.tensor1d(regularPlaces(height, width)), [1, 1, height, width, 2]);
  /** @param part of the whole motion, `[R, G]` */
  const carry = (picture: tf.Tensor, weight: tf.Tensor, part: tf.Tensor) => {
    const moved = tf.add(places, tf.mul(motion, tf.reshape(part, [count, frames, 1, 1, 1])));
    const at = tf.reshape(moved, [count, frames * height, width, 2]);
    const sampled = tf.reshape(runForOne(sampling, { picture, at }), [count, channels, frames, height, width]);
    return tf.mul(sampled, tf.reshape(weight, [count, 1, frames, 1, 1]));
  };
  const rest = tf.sub(1, times);
  return tf.add(carry(before, rest, tf.neg(times)), carry(after, times, rest));
}

type Offset = readonly [right: number, down: number];

/** All that are tried, the nearest not first. */
const offsets: readonly Offset[] = Array.from({ length: (2 * reach + 1) ** 2 }, (_, index) => [
  (index % (2 * reach + 1)) - reach,
  Math.floor(index / (2 * reach + 1)) - reach,
]);

/**
 * `before` and `after` `[R, C, H, W]` → `[R, 2, H / b, W / b]`, in pixels: how far each block has moved to the right and down from the
 * middle of the gap on. The mean of all offsets v, each weighted by e to the −(|before(x − v) − after(x + v)| averaged over the block and
 * its neighbours + `cost` |v|₁) / `tolerance`.
 */
export const blockMotion: Operation = {
  name: 'Lacuna.BlockMotion',
  compose: (inputs) => {
    const [before, after] = [named(inputs, 'before'), named(inputs, 'after')];
    const [count = 1, , height = 1, width = 1] = before.shape;
    const { pool, rows, columns } = matchingOf(height, width);
    const greys = tf.stack([tf.mean(before, 1), tf.mean(after, 1)], 3) as tf.Tensor4D;
    const small = tf.avgPool(greys, pool, pool, 'valid');
    const filter = tf.tensor4d(differenceFilter('last'), [2 * reach + 1, 2 * reach + 1, 2, offsets.length]);
    const differences = tf.abs(tf.conv2d(extendEdges(small), filter, 1, 'valid'));
    const byBlock = tf.avgPool(differences, blockSize, blockSize, 'valid');
    const costs = tf.add(tf.avgPool(byBlock, 3, 1, 'same'), tf.tensor1d(offsetCosts()));
    const weights = tf.softmax(tf.mul(costs, -1 / tolerance));
    const moved = tf.matMul(
      tf.reshape(weights, [count * rows * columns, offsets.length]),
      tf.tensor2d(vectors(pool)),
      false,
      true,
    );
    return [tf.transpose(tf.reshape(moved, [count, rows, columns, 2]), [0, 3, 1, 2])];
  },
  emit: (graph, inputs) => {
    const [before, after] = [named(inputs, 'before'), named(inputs, 'after')];
    const [count = 1, , height = 1, width = 1] = before.shape;
    const { pool, rows, columns } = matchingOf(height, width);
    const [h, w] = [height / pool, width / pool];
    const greys = [before, after].map((picture) => emitMean(graph, picture));
    const pair = graph.node('Concat', greys, { shape: [count, 2, height, width] }, { attributes: { axis: 1 } });
    const small = pool === 1 ? pair : emitAverage(graph, pair, [pool, pool], [count, 2, h, w]);
    const edges = graph.integers([0, 0, reach, reach, 0, 0, reach, reach]);
    const extended = graph.node(
      'Pad',
      [small, edges],
      { shape: [count, 2, h + 2 * reach, w + 2 * reach] },
      { attributes: { mode: 'edge' } },
    );
    const filter = graph.once('block motion', () =>
      graph.constant('float32', [offsets.length, 2, 2 * reach + 1, 2 * reach + 1], differenceFilter('first')),
    );
    const planes = { shape: [count, offsets.length, h, w] };
    const differences = graph.node('Abs', [graph.node('Conv', [extended, filter], planes)], planes);
    const shape = [count, offsets.length, rows, columns];
    const byBlock = emitAverage(graph, differences, [blockSize, blockSize], shape);
    const around = graph.node(
      'AveragePool',
      [byBlock],
      { shape },
      { attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] } },
    );
    const penalties = graph.constant('float32', [1, offsets.length, 1, 1], offsetCosts());
    const costs = graph.node('Add', [around, penalties], { shape });
    const scaled = graph.node('Mul', [costs, graph.scalar(-1 / tolerance)], { shape });
    const weights = graph.node('Softmax', [scaled], { shape }, { attributes: { axis: 1 } });
    const moved = graph.node(
      'MatMul',
      [
        graph.constant('float32', [2, offsets.length], vectors(pool).flat()),
        emitReshape(graph, weights, [count, offsets.length, rows * columns]),
      ],
      { shape: [count, 2, rows * columns] },
    );
    return [emitReshape(graph, moved, [count, 2, rows, columns])];
  },
};

/**
 * `picture` `[R, C, H, W]` at the places `at` `[R, h, w, 2]` → `[R, C, h, w]`, bilinear; what lies outside is as the nearest edge. A place
 * is (x, y), from −1, the middle of the first pixel, to 1, that of the last.
 */
export const sampling: Operation = {
  name: 'Lacuna.Sampling',
  compose: (inputs) => {
    const [picture, at] = [named(inputs, 'picture'), named(inputs, 'at')];
    const [count = 1, channels = 1, height = 1, width = 1] = picture.shape;
    const [, rows = 1, columns = 1] = at.shape;
    const flat = tf.reshape(tf.transpose(picture, [0, 2, 3, 1]), [count * height * width, channels]);
    const along = (axis: number, size: number) => {
      const place = tf.reshape(tf.slice(at, [0, 0, 0, axis], [count, rows, columns, 1]), [count, rows * columns]);
      const inside = tf.clipByValue(tf.mul(tf.add(place, 1), (size - 1) / 2), 0, size - 1);
      const first = tf.minimum(tf.floor(inside), Math.max(0, size - 2));
      return { first, share: tf.sub(inside, first) };
    };
    const [x, y] = [along(0, width), along(1, height)];
    const start = tf.reshape(tf.mul(tf.range(0, count), height * width), [count, 1]);
    const corner = (right: number, down: number) => {
      const row = tf.add(tf.mul(tf.add(y.first, Math.min(down, height - 1)), width), start);
      const index = tf.cast(tf.add(row, tf.add(x.first, Math.min(right, width - 1))), 'int32');
      const weight = tf.mul(right === 1 ? x.share : tf.sub(1, x.share), down === 1 ? y.share : tf.sub(1, y.share));
      return tf.mul(tf.gather(flat, index), tf.expandDims(weight, 2));
    };
    const sum = tf.addN([corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)]);
    return [tf.transpose(tf.reshape(sum, [count, rows, columns, channels]), [0, 3, 1, 2])];
  },
  emit: (graph, inputs) => {
    const [picture, at] = [named(inputs, 'picture'), named(inputs, 'at')];
    const [count = 1, channels = 1] = picture.shape;
    const [, rows = 1, columns = 1] = at.shape;
    const attributes = { align_corners: 1, mode: 'bilinear', padding_mode: 'border' };
    return [graph.node('GridSample', [picture, at], { shape: [count, channels, rows, columns] }, { attributes })];
  },
};

/** How pictures are made smaller before they are matched, and how many blocks there are. */
function matchingOf(height: number, width: number) {
  let pool = 1;
  while (Math.min(height, width) / (2 * pool) >= matchedSize && hasBlocks(height / (2 * pool), width / (2 * pool)))
    pool *= 2;
  return { pool, rows: height / pool / blockSize, columns: width / pool / blockSize };
}

/** For each offset, what takes `before` there less `after` on the other side; outputs last (HWIO) or first (OIHW). */
function differenceFilter(outputs: 'last' | 'first'): Float32Array {
  const side = 2 * reach + 1;
  const values = new Float32Array(side * side * 2 * offsets.length);
  for (const [index, [right, down]] of offsets.entries()) {
    const set = (input: number, y: number, x: number, value: number) => {
      const tap = (reach + y) * side + reach + x;
      const at =
        outputs === 'last' ? (tap * 2 + input) * offsets.length + index : (index * 2 + input) * side * side + tap;
      values[at] = value;
    };
    set(0, -down, -right, 1);
    set(1, down, right, -1);
  }
  return values;
}

function offsetCosts(): number[] {
  return offsets.map(([right, down]) => cost * (Math.abs(right) + Math.abs(down)));
}

/** `[2, offsets]`, in pixels of the whole picture. */
function vectors(pool: number): number[][] {
  return [0, 1].map((axis) => offsets.map((offset) => pool * (offset[axis] ?? 0)));
}

/** `[R, H, W, C]` with its edges repeated as far as the filter reaches. */
function extendEdges(x: tf.Tensor4D): tf.Tensor4D {
  const along = (size: number) =>
    tf.tensor1d(
      Array.from({ length: size + 2 * reach }, (_, index) => Math.min(size - 1, Math.max(0, index - reach))),
      'int32',
    );
  return tf.gather(tf.gather(x, along(x.shape[1]), 1), along(x.shape[2]), 2);
}

/** `[size, blocks]`: linear from the middle of one block to that of the next, and level towards the ends. */
function spread(blocks: number, size: number): tf.Tensor2D {
  const values = new Float32Array(size * blocks);
  for (let place = 0; place < size; place++) {
    const at = Math.min(blocks - 1, Math.max(0, ((place + 0.5) * blocks) / size - 0.5));
    const first = Math.floor(at);
    values[place * blocks + first] = 1 - (at - first);
    if (first + 1 < blocks) values[place * blocks + first + 1] = at - first;
  }
  return tf.tensor2d(values, [size, blocks]);
}

/** `[H, W, 2]`: each pixel's own place, see {@link sampling}. */
function regularPlaces(height: number, width: number): Float32Array {
  const places = new Float32Array(height * width * 2);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      places.set([(2 * x) / (width - 1) - 1, (2 * y) / (height - 1) - 1], 2 * (y * width + x));
    }
  }
  return places;
}

function emitMean(graph: OnnxGraph, picture: OnnxValue): OnnxValue {
  const [count = 1, channels = 1, height = 1, width = 1] = picture.shape;
  if (channels === 1) return picture;
  const result = { shape: [count, 1, height, width] };
  return graph.node('ReduceMean', [picture], result, { attributes: { axes: [1], keepdims: 1 } });
}

/** Means of squares that lie side by side. */
function emitAverage(
  graph: OnnxGraph,
  x: OnnxValue,
  size: readonly [number, number],
  shape: readonly number[],
): OnnxValue {
  return graph.node('AveragePool', [x], { shape }, { attributes: { kernel_shape: size, strides: size } });
}
