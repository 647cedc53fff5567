// Owns the 3 × 3 convolution of stride 1 by Winograd's minimal filtering, and its two gradients by the same. Knows nothing of models.
//
// F(2 × 2, 3 × 3) of Lavin and Gray 2016, section 4.1: two-by-two places are made of a tile of four by four that overlaps its
// neighbours, and the sums over channels become 16 products over tiles, with 16 multiplications where the definition has 36. Tiles,
// filters and results are transformed by small constant matrices, so that all but moving rows about is a matrix product.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { emitGather, emitReshape, emitTranspose } from './emit-layout.js';
import { emitProduct } from './emit-product.js';
import { withMargin } from './margins.js';
import { withZeroRow } from './neighbourhoods.js';
import { named, type Operation, runForOne } from './operation.js';
import { tf } from './tfjs.js';

/** Fewer channels than these gain nothing: moving tiles takes what the products save. */
const leastChannels = 48;

/** Whether it is meant for such a convolution: `x` `[B, H, W, C]`, `weight` `[O, k, k, C]`. */
export function suitsWinograd(x: readonly number[], weight: readonly number[], stride: number): boolean {
  const [, height = 1, width = 1, channels = 0] = x;
  const [outputs = 0, kernel = 0] = weight;
  return (
    kernel === 3 && stride === 1 && height % 2 === 0 && width % 2 === 0 && Math.min(channels, outputs) >= leastChannels
  );
}

/**
 * `x` `[B, H, W, C]`, `weight` `[O, 3, 3, C]` → `[B, H, W, O]`, zeros outside. Its second output are the transformed
 * tiles `[16, T, C]`, T = B · H/2 · W/2, and its third the transformed filters `[16, O, C]`.
 */
export const winogradConvolution: Operation = {
  name: 'Lacuna.WinogradConvolution',
  compose: (inputs) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const filter = tf.transpose(weight, [1, 2, 3, 0]) as tf.Tensor4D;
    const y = tf.conv2d(withMargin(x, 1), filter, 1, 'valid');
    return [y, transform(transforms.input, cut(x, 4)), transform(transforms.filter, offsetsFirst(weight))];
  },
  emit: (graph, inputs) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const [outputs = 1, , , channels = 1] = weight.shape;
    const byOffset = emitTranspose(graph, emitReshape(graph, weight, [outputs, 9, channels]), [1, 0, 2]);
    const tiles = emitTransform(graph, 'input', emitTiles(graph, x));
    const filters = emitTransform(graph, 'filter', byOffset);
    const sums = emitProduct(graph, tiles, filters, { transB: true });
    return [emitPlaces(graph, emitTransform(graph, 'output', sums), x.shape), tiles, filters];
  },
  gradient: {
    inputs: [],
    outputs: [false, true, true],
    compute: (gradient, [tiles, filters]) => {
      if (tiles === undefined || filters === undefined) throw new Error('the convolution lost what it saved');
      return {
        x: () => runForOne(winogradInputGradient, { gradient, filters }),
        weight: () => runForOne(winogradWeightGradient, { gradient, tiles }),
      };
    },
  },
};

/**
 * The gradient with respect to `x`: the convolution of `gradient` `[B, H, W, O]` with the transformed filters
 * `[16, O, C]` rotated by half a turn, which only changes the order of the 16.
 */
export const winogradInputGradient: Operation = {
  name: 'Lacuna.WinogradInputGradient',
  compose: (inputs) => {
    const [gradient, filters] = [named(inputs, 'gradient'), named(inputs, 'filters')];
    const [batch = 1, height = 1, width = 1] = gradient.shape;
    const sums = tf.matMul(transform(transforms.rotatedInput, cut(gradient, 4)), filters);
    const places = tf.reshape(transform(transforms.rotatedOutput, sums), [2, 2, batch, height / 2, width / 2, -1]);
    return [tf.reshape(tf.transpose(places, [2, 3, 0, 4, 1, 5]), [batch, height, width, -1])];
  },
  emit: (graph, inputs) => {
    const [gradient, filters] = [named(inputs, 'gradient'), named(inputs, 'filters')];
    const sums = emitProduct(graph, emitTransform(graph, 'rotatedInput', emitTiles(graph, gradient)), filters);
    return [emitPlaces(graph, emitTransform(graph, 'rotatedOutput', sums), gradient.shape)];
  },
};

/** The gradient with respect to the weight, `[O, 3, 3, C]`, of the gradient `[B, H, W, O]` and the transformed tiles. */
export const winogradWeightGradient: Operation = {
  name: 'Lacuna.WinogradWeightGradient',
  compose: (inputs) => {
    const [gradient, tiles] = [named(inputs, 'gradient'), named(inputs, 'tiles')];
    const [outputs, channels] = [gradient.shape[3] ?? 1, tiles.shape[2] ?? 1];
    const filters = tf.matMul(transform(transforms.outputGradient, cut(gradient, 2)), tiles, true);
    const byOffset = tf.transpose(transform(transforms.filterGradient, filters), [1, 0, 2]);
    return [tf.reshape(byOffset, [outputs, 3, 3, channels])];
  },
  emit: (graph, inputs) => {
    const [gradient, tiles] = [named(inputs, 'gradient'), named(inputs, 'tiles')];
    const [outputs, channels] = [gradient.shape[3] ?? 1, tiles.shape[2] ?? 1];
    // The product is faster where the first operand has been transposed before: [4, O, T].
    const places = emitTranspose(
      graph,
      emitGather(graph, rowsOf(graph, gradient), placeIndices(graph, gradient.shape), 0),
      [0, 2, 1],
    );
    const filters = emitProduct(graph, emitTransform(graph, 'outputGradient', places), tiles);
    const byOffset = emitTranspose(graph, emitTransform(graph, 'filterGradient', filters), [1, 0, 2]);
    return [emitReshape(graph, byOffset, [outputs, 3, 3, channels])];
  },
};

type Matrix = readonly (readonly number[])[];

/** Bᵀ: of four places the four whose products are taken. */
const input1: Matrix = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];

/** G: of three weights of a filter the four. */
const filter1: Matrix = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];

/** Aᵀ: of the four products two places. */
const output1: Matrix = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

/** Rotated by half a turn, a filter has the first and the last of its four exchanged. */
const reversed = [3, 1, 2, 0] as const;
const rotatedInput1: Matrix = reversed.map((row) => input1[row] ?? []);
const rotatedOutput1: Matrix = output1.map((row) => reversed.map((column) => row[column] ?? 0));

/** Of rows and columns at once. */
const transforms = {
  input: kronecker(input1),
  rotatedInput: kronecker(rotatedInput1),
  filter: kronecker(filter1),
  output: kronecker(output1),
  rotatedOutput: kronecker(rotatedOutput1),
  outputGradient: transpose(kronecker(output1)),
  filterGradient: transpose(kronecker(filter1)),
} as const satisfies Record<string, Matrix>;

/** `a ⊗ a` */
function kronecker(a: Matrix): Matrix {
  return a.flatMap((outer) => a.map((inner) => outer.flatMap((one) => inner.map((other) => one * other))));
}

function transpose(a: Matrix): Matrix {
  return (a[0] ?? []).map((_, column) => a.map((row) => row[column] ?? 0));
}

/** `[n, R, C]` → `[m, R, C]` */
function transform(matrix: Matrix, x: tf.Tensor): tf.Tensor {
  const [count = 1, rows = 1, channels = 1] = x.shape;
  const product = tf.matMul(tf.tensor2d(matrix.map((row) => [...row])), tf.reshape(x, [count, rows * channels]));
  return tf.reshape(product, [matrix.length, rows, channels]);
}

function emitTransform(graph: OnnxGraph, name: keyof typeof transforms, x: OnnxValue): OnnxValue {
  const [count = 1, rows = 1, channels = 1] = x.shape;
  const matrix = transforms[name];
  const constant = graph.once(`winograd ${name}`, () =>
    graph.constant('float32', [matrix.length, count], matrix.flat()),
  );
  const product = emitProduct(graph, constant, emitReshape(graph, x, [count, rows * channels]));
  return emitReshape(graph, product, [matrix.length, rows, channels]);
}

/** `[O, 3, 3, C]` → `[9, O, C]` */
function offsetsFirst(weight: tf.Tensor): tf.Tensor {
  const [outputs = 1, , , channels = 1] = weight.shape;
  return tf.transpose(tf.reshape(weight, [outputs, 9, channels]), [1, 0, 2]);
}

/** `[B, H, W, C]` → `[side², T, C]`: the tiles of two by two places, or of four by four around them, zeros outside. */
function cut(x: tf.Tensor, side: 2 | 4): tf.Tensor {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const margin = (side - 2) / 2;
  const padded = withMargin(x, margin);
  const views = Array.from({ length: side * side }, (_, index) => {
    const [top, left] = [Math.floor(index / side), index % side];
    return tf.stridedSlice(
      padded,
      [0, top, left, 0],
      [batch, top + height - 1, left + width - 1, channels],
      [1, 2, 2, 1],
    );
  });
  return tf.reshape(tf.stack(views), [side * side, (batch * height * width) / 4, channels]);
}

/** `[B, H, W, C]` → `[16, T, C]`: tiles of four by four around two by two places, zeros outside. */
function emitTiles(graph: OnnxGraph, x: OnnxValue): OnnxValue {
  const [batch = 1, height = 1, width = 1] = x.shape;
  const indices = graph.once(`winograd tiles ${batch} ${height} ${width}`, () =>
    graph.constant('int32', [16, (batch * height * width) / 4], tileIndices(x.shape, 4)),
  );
  return emitGather(graph, withZeroRow(graph, rowsOf(graph, x)), indices, 0);
}

/** Rows of the places by their place among two by two, and their tile. */
function placeIndices(graph: OnnxGraph, shape: readonly number[]): OnnxValue {
  const [batch = 1, height = 1, width = 1] = shape;
  return graph.once(`winograd places ${batch} ${height} ${width}`, () =>
    graph.constant('int32', [4, (batch * height * width) / 4], tileIndices(shape, 2)),
  );
}

/** `[4, T, O]` → `[B, H, W, O]` */
function emitPlaces(graph: OnnxGraph, x: OnnxValue, [batch = 1, height = 1, width = 1]: readonly number[]): OnnxValue {
  const [, count = 1, outputs = 1] = x.shape;
  const order = graph.once(`winograd order ${batch} ${height} ${width}`, () => {
    const rows = new Int32Array(4 * count);
    for (const [index, place] of tileIndices([batch, height, width], 2).entries()) rows[place] = index;
    return graph.constant('int32', [batch, height, width], rows);
  });
  return emitGather(graph, emitReshape(graph, x, [4 * count, outputs]), order, 0);
}

/** `[B, H, W, C]` → `[B·H·W, C]` */
function rowsOf(graph: OnnxGraph, x: OnnxValue): OnnxValue {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  return emitReshape(graph, x, [batch * height * width, channels]);
}

/** `[side², T]`: for each place of a tile and each tile the row of what lies there, or the number of rows where that is outside. */
function tileIndices([batch = 1, height = 1, width = 1]: readonly number[], side: 2 | 4): Int32Array {
  const margin = (side - 2) / 2;
  const tiles = (batch * height * width) / 4;
  const indices = new Int32Array(side * side * tiles);
  for (let index = 0; index < indices.length; index++) {
    const [part, tile] = [Math.floor(index / tiles), index % tiles];
    const row = 2 * (Math.floor(tile / (width / 2)) % (height / 2)) + Math.floor(part / side) - margin;
    const column = 2 * (tile % (width / 2)) + (part % side) - margin;
    const sample = Math.floor((4 * tile) / (height * width));
    const isInside = row >= 0 && row < height && column >= 0 && column < width;
    indices[index] = isInside ? (sample * height + row) * width + column : batch * height * width;
  }
  return indices;
}
