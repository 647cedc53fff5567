// Owns the 2-D convolution with stride 1 and zero padding that keeps the size, channels last, with both its gradients. Knows
// nothing of models.
//
// It is one matrix product over the neighbourhoods of all places, gathered in one pass. The weight's gradient is a product with
// the same neighbourhoods, and the input's gradient a convolution of the output's: all three run at the speed of a product.
import * as tf from '@tensorflow/tfjs';
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { named, runForOne, type Operation } from './operation.js';

/**
 * `y[b,p,o] = Σ_d Σ_c w[o,d,c] · x[b,p+d,c] + bias[o]`, d over the k × k offsets around 0, zeros outside.
 * @param x `[B, H, W, C]`
 * @param weight `[O, k, k, C]`, k odd
 * @param bias `[O]`
 * @returns `[B, H, W, O]`
 * @throws {RangeError} where the kernel is not square and odd, or has other channels than `x`.
 */
export function convolve(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [, rows = 0, columns = 0, channels = 0] = weight.shape;
  if (rows !== columns || rows % 2 !== 1) {
    throw new RangeError(`the kernel must be square and odd, got ${rows} × ${columns}`);
  }
  if (channels !== x.shape[3]) {
    throw new RangeError(`the kernel must have the input's ${x.shape[3] ?? 0} channels, got ${channels}`);
  }
  return tf.add(runForOne(convolution, { x, weight }), bias);
}

/** See {@link convolve}, without the bias; its second output is what `neighbourhoods` gives. */
export const convolution: Operation = {
  name: 'Lacuna.Convolution',
  compose: (inputs) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const [, kernel = 1] = weight.shape;
    return [convolveDirectly(x, tf.transpose(weight, [1, 2, 3, 0])), neighbourhoods(x, kernel)];
  },
  emit: (graph, inputs) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const [outputs = 1, kernel = 1] = weight.shape;
    const columns = emitNeighbourhoods(graph, x, kernel);
    return [emitProduct(graph, columns, weight, [...x.shape.slice(0, 3), outputs]), columns];
  },
  gradient: {
    inputs: ['weight'],
    outputs: [false, true],
    compute: (gradient, [weight, columns]) => {
      if (weight === undefined || columns === undefined) throw new Error('the convolution lost what it saved');
      const [outputs = 1] = weight.shape;
      return {
        x: () => runForOne(convolutionInputGradient, { gradient, weight }),
        weight: () => tf.reshape(tf.matMul(tf.reshape(gradient, [-1, outputs]), columns, true, false), weight.shape),
      };
    },
  },
};

/** ∂/∂x: the convolution of the output's gradient `[B, H, W, O]` with the turned and transposed weight. */
export const convolutionInputGradient: Operation = {
  name: 'Lacuna.ConvolutionInputGradient',
  compose: (inputs) => {
    const turned = tf.reverse(named(inputs, 'weight'), [1, 2]);
    return [convolveDirectly(named(inputs, 'gradient'), tf.transpose(turned, [1, 2, 0, 3]))];
  },
  emit: (graph, inputs) => {
    const [gradient, weight] = [named(inputs, 'gradient'), named(inputs, 'weight')];
    const [outputs = 1, kernel = 1, , channels = 1] = weight.shape;
    const offsets = kernel * kernel;
    const byOffset = [outputs, offsets, channels];
    const flat = graph.node('Reshape', [weight, graph.integers(byOffset)], { shape: byOffset });
    // The last offset comes first: turned by half a turn.
    const bounds = [[-1], [-(2 ** 31)], [1], [-1]].map((part) => graph.integers(part));
    const turned = offsets === 1 ? flat : graph.node('Slice', [flat, ...bounds], { shape: byOffset });
    const transposed = graph.node(
      'Transpose',
      [turned],
      { shape: [channels, offsets, outputs] },
      { attributes: { perm: [2, 1, 0] } },
    );
    const columns = emitNeighbourhoods(graph, gradient, kernel);
    return [emitProduct(graph, columns, transposed, [...gradient.shape.slice(0, 3), channels])];
  },
};

/** `[B, H, W, C]` → `[B·H·W, k·k·C]`: what lies around each place, row by row, zeros outside. */
function neighbourhoods(x: tf.Tensor, kernel: number): tf.Tensor {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const margin = (kernel - 1) / 2;
  const around: [number, number] = [margin, margin];
  const padded = tf.pad(x, [[0, 0], around, around, [0, 0]]);
  const views: tf.Tensor[] = [];
  for (let row = 0; row < kernel; row++) {
    for (let column = 0; column < kernel; column++) {
      views.push(tf.slice(padded, [0, row, column, 0], [batch, height, width, channels]));
    }
  }
  return tf.reshape(tf.concat(views, 3), [batch * height * width, kernel * kernel * channels]);
}

/** See {@link neighbourhoods}: one gather of rows, one row of zeros standing for all places outside. */
function emitNeighbourhoods(graph: OnnxGraph, x: OnnxValue, kernel: number): OnnxValue {
  const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
  const places = batch * height * width;
  const rows = graph.node('Reshape', [x, graph.integers([places, channels])], { shape: [places, channels] });
  if (kernel === 1) return rows;
  const zero = graph.once(`zeros ${channels}`, () =>
    graph.constant('float32', [1, channels], new Float32Array(channels)),
  );
  const extended = graph.node('Concat', [rows, zero], { shape: [places + 1, channels] }, { attributes: { axis: 0 } });
  const offsets = kernel * kernel;
  const indices = graph.once(`neighbours ${batch} ${height} ${width} ${kernel}`, () =>
    graph.constant('int32', [places, offsets], neighbourIndices(batch, height, width, kernel)),
  );
  const shape = [places, offsets, channels];
  const gathered = graph.node('Gather', [extended, indices], { shape }, { attributes: { axis: 0 } });
  const flat = [places, offsets * channels];
  return graph.node('Reshape', [gathered, graph.integers(flat)], { shape: flat });
}

/** For each place and each offset the row of the neighbour, or the number of places where it lies outside. */
function neighbourIndices(batch: number, height: number, width: number, kernel: number): Int32Array {
  const margin = (kernel - 1) / 2;
  const indices = new Int32Array(batch * height * width * kernel * kernel);
  let at = 0;
  for (let place = 0; place < batch * height * width; place++) {
    const [y, x] = [Math.floor(place / width) % height, place % width];
    for (let down = -margin; down <= margin; down++) {
      for (let right = -margin; right <= margin; right++) {
        const isInside = y + down >= 0 && y + down < height && x + right >= 0 && x + right < width;
        indices[at++] = isInside ? place + down * width + right : batch * height * width;
      }
    }
  }
  return indices;
}

/** `columns · weightᵀ`, the weight's axes after the first taken together. */
function emitProduct(graph: OnnxGraph, columns: OnnxValue, weight: OnnxValue, shape: readonly number[]): OnnxValue {
  const [places = 1, length = 1] = columns.shape;
  const [outputs = 1] = weight.shape;
  const matrix = graph.node('Reshape', [weight, graph.integers([outputs, length])], { shape: [outputs, length] });
  const product = graph.node(
    'FusedMatMul',
    [columns, matrix],
    { shape: [places, outputs] },
    { domain: 'com.microsoft', attributes: { transA: 0, transB: 1, alpha: { float: 1 } } },
  );
  return graph.node('Reshape', [product, graph.integers(shape)], { shape });
}

/** tfjs's own convolution, `filter` `[k, k, C, O]`. */
function convolveDirectly(x: tf.Tensor, filter: tf.Tensor): tf.Tensor {
  return tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
}
