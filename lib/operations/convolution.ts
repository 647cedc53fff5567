// Owns the 2-D convolution with stride 1 and zero padding that keeps the size, in NCHW, and both its gradients in the form
// that onnxruntime runs fastest. Knows nothing of models.
import * as tf from '@tensorflow/tfjs';
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { named, runForOne, type Operation } from './operation.js';

/**
 * `y[b,o] = Σ_c w[o,c] ⋆ x[b,c] + bias[o]`, cross-correlation with stride 1 and zeros around.
 * @param x `[B, C, H, W]`
 * @param weight `[O, C, k, k]`, k odd
 * @param bias `[O]`
 * @returns `[B, O, H, W]`
 */
export function convolve(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return runForOne(convolution, { x, weight, bias });
}

/** See {@link convolve}. */
export const convolution: Operation = {
  name: 'Lacuna.Convolution',
  compose: (inputs) => {
    const [x, weight, bias] = [named(inputs, 'x'), named(inputs, 'weight'), named(inputs, 'bias')];
    const product = tf.conv2d(toNHWC(x), tf.transpose(weight as tf.Tensor4D, [2, 3, 1, 0]), 1, 'same');
    return [toNCHW(tf.add(product, bias))];
  },
  emit: (graph, inputs) => {
    const [x, weight, bias] = [named(inputs, 'x'), named(inputs, 'weight'), named(inputs, 'bias')];
    const [batch, , height, width] = sizes(x);
    const [channels, , kernel] = sizes(weight);
    return [emitConv(graph, [x, weight, bias], [batch, channels, height, width], kernel)];
  },
  gradient: {
    inputs: ['x', 'weight'],
    compute: (gradient, saved) => {
      const [x, weight] = saved;
      if (x === undefined || weight === undefined) throw new Error('the convolution lost what it saved');
      return {
        x: () => runForOne(convolutionInputGradient, { gradient, weight }),
        weight: () => runForOne(convolutionWeightGradient, { gradient, x }, { kernel: weight.shape[2] ?? 1 }),
        bias: () => tf.sum(gradient, [0, 2, 3]),
      };
    },
  },
};

/** ∂/∂x: the convolution of the output's gradient with the turned and transposed weights. */
export const convolutionInputGradient: Operation = {
  name: 'Lacuna.ConvolutionInputGradient',
  compose: (inputs) => {
    const turned = tf.reverse(named(inputs, 'weight'), [2, 3]);
    const filter: tf.Tensor4D = tf.transpose(turned as tf.Tensor4D, [2, 3, 0, 1]);
    return [toNCHW(tf.conv2d(toNHWC(named(inputs, 'gradient')), filter, 1, 'same'))];
  },
  emit: (graph, inputs) => {
    const [gradient, weight] = [named(inputs, 'gradient'), named(inputs, 'weight')];
    const [batch, , height, width] = sizes(gradient);
    const [outputs, channels, kernel] = sizes(weight);
    const last = -1;
    const beforeFirst = -(2 ** 31);
    const turned =
      kernel === 1
        ? weight
        : graph.node(
            'Slice',
            [weight, [last, last], [beforeFirst, beforeFirst], [2, 3], [-1, -1]].map((part) =>
              Array.isArray(part) ? graph.integers(part) : part,
            ),
            { shape: weight.shape },
          );
    const transposed = graph.node(
      'Transpose',
      [turned],
      { shape: [channels, outputs, kernel, kernel] },
      { attributes: { perm: [1, 0, 2, 3] } },
    );
    return [emitConv(graph, [gradient, transposed], [batch, channels, height, width], kernel)];
  },
};

/** ∂/∂weight: k² shifted views of the padded input against the output's gradient, as one large product. */
export const convolutionWeightGradient: Operation = {
  name: 'Lacuna.ConvolutionWeightGradient',
  compose: (inputs, attributes) => {
    const [gradient, x] = [named(inputs, 'gradient'), named(inputs, 'x')];
    const kernel = named(attributes, 'kernel');
    const [, outputs = 0] = gradient.shape;
    const [, channels = 0] = x.shape;
    const filterShape = [kernel, kernel, channels, outputs];
    const filter: tf.Tensor | tf.Tensor[] = tf
      .engine()
      .runKernel(
        'Conv2DBackpropFilter',
        { x: toNHWC(x), dy: toNHWC(gradient) },
        { strides: 1, pad: 'same', dataFormat: 'NHWC', dimRoundingMode: '', filterShape },
      );
    if (Array.isArray(filter)) throw new Error('Conv2DBackpropFilter gave several tensors');
    return [tf.transpose(filter, [3, 2, 0, 1])];
  },
  emit: (graph, inputs, attributes) => {
    const [gradient, x] = [named(inputs, 'gradient'), named(inputs, 'x')];
    const kernel = named(attributes, 'kernel');
    const [batch, outputs, height, width] = sizes(gradient);
    const [, channels] = sizes(x);
    const positions = batch * height * width;
    const swapped = { attributes: { perm: [1, 0, 2, 3] } };
    const channelsFirst = graph.node('Transpose', [x], { shape: [channels, batch, height, width] }, swapped);
    const rows = emitShiftedRows(graph, channelsFirst, kernel);
    const gradientRows = graph.node(
      'Reshape',
      [
        graph.node('Transpose', [gradient], { shape: [outputs, batch, height, width] }, swapped),
        graph.integers([outputs, positions]),
      ],
      { shape: [outputs, positions] },
    );
    const product = graph.node(
      'FusedMatMul',
      [gradientRows, rows],
      { shape: [outputs, kernel * kernel * channels] },
      { domain: 'com.microsoft', attributes: { transA: 0, transB: 1, alpha: { float: 1 } } },
    );
    const split = [outputs, kernel * kernel, channels];
    const parts = graph.node('Reshape', [product, graph.integers(split)], { shape: split });
    const ordered = graph.node(
      'Transpose',
      [parts],
      { shape: [outputs, channels, kernel * kernel] },
      { attributes: { perm: [0, 2, 1] } },
    );
    const shape = [outputs, channels, kernel, kernel];
    return [graph.node('Reshape', [ordered, graph.integers(shape)], { shape })];
  },
};

/** `[C, B, H, W]` → `[k²·C, B·H·W]`: the padded input as seen from each position of the kernel. */
function emitShiftedRows(graph: OnnxGraph, x: OnnxValue, kernel: number): OnnxValue {
  const [channels, batch, height, width] = sizes(x);
  const flat = [channels, batch * height * width];
  if (kernel === 1) return graph.node('Reshape', [x, graph.integers(flat)], { shape: flat });
  const margin = (kernel - 1) / 2;
  const padded = graph.node('Pad', [x, graph.integers([0, 0, margin, margin, 0, 0, margin, margin])], {
    shape: [channels, batch, height + 2 * margin, width + 2 * margin],
  });
  const views: OnnxValue[] = [];
  for (let row = 0; row < kernel; row++) {
    for (let column = 0; column < kernel; column++) {
      const bounds = [[row, column], [row + height, column + width], [2, 3]].map((part) => graph.integers(part));
      const view = graph.node('Slice', [padded, ...bounds], { shape: x.shape });
      views.push(graph.node('Reshape', [view, graph.integers(flat)], { shape: flat }));
    }
  }
  const shape = [kernel * kernel * channels, batch * height * width];
  return graph.node('Concat', views, { shape }, { attributes: { axis: 0 } });
}

function emitConv(graph: OnnxGraph, inputs: readonly OnnxValue[], shape: readonly number[], kernel: number): OnnxValue {
  const margin = (kernel - 1) / 2;
  const attributes = { kernel_shape: [kernel, kernel], pads: [margin, margin, margin, margin], strides: [1, 1] };
  return graph.node('Conv', inputs, { shape }, { attributes });
}

function sizes(value: OnnxValue): [number, number, number, number] {
  const [first = 1, second = 1, third = 1, fourth = 1] = value.shape;
  return [first, second, third, fourth];
}

function toNHWC(x: tf.Tensor): tf.Tensor4D {
  return tf.transpose(x as tf.Tensor4D, [0, 2, 3, 1]);
}

function toNCHW(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [0, 3, 1, 2]);
}
