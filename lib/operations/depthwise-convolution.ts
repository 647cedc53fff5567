// Owns the depthwise 2-D convolution with zero padding, channels last, with its gradients. Knows nothing of models.
//
// Three formulations were measured in onnxruntime 1.30, 1 thread, ms of the forward pass / of the weight's gradient: as one
// product for each channel with a banded matrix (`depthwise-bands.ts`), as a `Conv` of as many groups as channels, and as the sum
// of k × k slices times their weights.
//
//   batch, side, channels, kernel   banded        Conv          slices
//   16, 8, 256, 7                   4.1 / 5.5     7.0 / 8.0      8.2 / 4.7
//   16, 16, 128, 7                  7.1 / 10.7    9.1 / 15.9    16.9 / 9.1
//   16, 16, 128, 3                  3.5 / 3.8     2.6 / 7.5      3.3 / 2.4
//   4, 32, 64, 7                    6.4 / 5.1     3.3 / 7.4       -  / 4.5
//   4, 56, 64, 7                   22.6 / 18.2    8.9 / 23.1    27.0 / 14.9
//
// A banded matrix is W / k times as much work, at the rate of a product. So pictures that are wide for their kernel take the
// `Conv`, all others and all gradients of the weight the bands; slices win little there and are many nodes.
import type { OnnxGraph, OnnxValue } from '../formats/onnx-graph.js';
import { emitReshape, emitTranspose } from './emit-layout.js';
import { addBias } from './add-bias.js';
import { checkKernel } from './convolution.js';
import { emitBands, emitBandSums, emitLines, fromChannels, toChannels } from './depthwise-bands.js';
import { emitProduct } from './emit-product.js';
import { withMargin, withoutMargin } from './margins.js';
import { named, runForOne, type Operation } from './operation.js';
import { tf } from './tfjs.js';

/**
 * `y[b,p,c] = Σ_d w[c,d] · x[b,s·p+d,c] + bias[c]`, d over the k × k offsets around 0, zeros outside, s the stride.
 * @param x `[B, H, W, C]`
 * @param weight `[C, k, k]`, k odd
 * @param bias `[C]`
 * @returns `[B, ⌈H/s⌉, ⌈W/s⌉, C]`
 * @throws {RangeError} where the kernel is not square and odd, or has other channels than `x`, or the stride is below 1.
 */
export function convolveDepthwise(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, stride = 1): tf.Tensor {
  checkKernel(weight, stride);
  const [, height = 1, width = 1, channels = 0] = x.shape;
  if (weight.shape[0] !== channels) {
    throw new RangeError(`the kernel must have the input's ${channels} channels, got ${weight.shape[0]}`);
  }
  const attributes = { stride, height, width, kernel: weight.shape[1] ?? 1 };
  return addBias(runForOne(depthwiseConvolution, { x, weight }, attributes), bias);
}

/** See {@link convolveDepthwise}, without the bias. Height and width are those of `x`. */
export const depthwiseConvolution: Operation = {
  name: 'Lacuna.DepthwiseConvolution',
  compose: (inputs, attributes) => {
    const filter = filterOf(named(inputs, 'weight'));
    const { strides, pad } = directly(attributes);
    return [tf.depthwiseConv2d(withMargin(named(inputs, 'x'), marginOf(attributes)), filter, strides, pad)];
  },
  emit: (graph, inputs, attributes) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const bands = { ...bandsOf(attributes), isTransposed: false };
    const { stride, height, width } = bands;
    const shape = [x.shape[0] ?? 1, Math.ceil(height / stride), Math.ceil(width / stride)] as const;
    if (isWide(bands)) return [emitGrouped(graph, x, weight, shape, stride)];
    const lines = emitLines(graph, toChannels(graph, x), bands);
    return [fromChannels(graph, emitProduct(graph, lines, emitBands(graph, weight, bands)), shape)];
  },
  gradient: {
    inputs: ['x', 'weight'],
    compute: (gradient, [x, weight], attributes) => {
      if (x === undefined || weight === undefined) throw new Error('the depthwise convolution lost what it saved');
      return {
        x: () => runForOne(depthwiseInputGradient, { gradient, weight }, attributes),
        weight: () => runForOne(depthwiseWeightGradient, { gradient, x }, attributes),
      };
    },
  },
};

/** ∂/∂x of {@link depthwiseConvolution}: `gradient` `[B, ⌈H/s⌉, ⌈W/s⌉, C]` → `[B, H, W, C]`. */
export const depthwiseInputGradient: Operation = {
  name: 'Lacuna.DepthwiseInputGradient',
  compose: (inputs, attributes) => {
    const dy = named(inputs, 'gradient');
    const [batch = 1, , , channels = 1] = dy.shape;
    const margin = marginOf(attributes);
    const [height, width] = [named(attributes, 'height'), named(attributes, 'width')];
    const inputShape = [batch, height + 2 * margin, width + 2 * margin, channels];
    const filter = filterOf(named(inputs, 'weight'));
    const wide = run('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...directly(attributes), inputShape });
    return [withoutMargin(wide, margin)];
  },
  emit: (graph, inputs, attributes) => {
    const [gradient, weight] = [named(inputs, 'gradient'), named(inputs, 'weight')];
    const bands = { ...bandsOf(attributes), isTransposed: true };
    const shape = [gradient.shape[0] ?? 1, bands.height, bands.width] as const;
    // The other way round it is the convolution with the kernel turned by half a turn.
    if (isWide(bands) && bands.stride === 1) return [emitGrouped(graph, gradient, turned(graph, weight), shape, 1)];
    const lines = emitLines(graph, toChannels(graph, gradient), bands);
    return [fromChannels(graph, emitProduct(graph, lines, emitBands(graph, weight, bands)), shape)];
  },
};

/** ∂/∂weight of {@link depthwiseConvolution}: `[C, k, k]`. */
export const depthwiseWeightGradient: Operation = {
  name: 'Lacuna.DepthwiseWeightGradient',
  compose: (inputs, attributes) => {
    const [x, dy] = [withMargin(named(inputs, 'x'), marginOf(attributes)), named(inputs, 'gradient')];
    const kernel = named(attributes, 'kernel');
    const filterShape = [kernel, kernel, x.shape[3], 1];
    const filter = run('DepthwiseConv2dNativeBackpropFilter', { x, dy }, { ...directly(attributes), filterShape });
    return [tf.transpose(tf.reshape(filter, filterShape.slice(0, 3)), [2, 0, 1])];
  },
  emit: (graph, inputs, attributes) => {
    const [x, gradient] = [named(inputs, 'x'), named(inputs, 'gradient')];
    const bands = { ...bandsOf(attributes), isTransposed: false };
    const lines = emitLines(graph, toChannels(graph, x), bands);
    const outer = toChannels(graph, gradient);
    const [channels = 1, , , width = 1] = outer.shape;
    const flat = [channels, lines.shape[1] ?? 1, width];
    const rows = graph.node('Reshape', [outer, graph.integers(flat)], { shape: flat });
    return [emitBandSums(graph, emitProduct(graph, lines, rows, { transA: true }), bands)];
  },
};

/** Whether a banded matrix would hold so many zeros that it is slower than a `Conv`. */
const isWide = ({ width, kernel }: { readonly width: number; readonly kernel: number }) => width > 3 * kernel;

/** A `Conv` with a group for each channel: `x` `[B, H, W, C]`, `weight` `[C, k, k]`. */
function emitGrouped(
  graph: OnnxGraph,
  x: OnnxValue,
  weight: OnnxValue,
  [batch, height, width]: readonly [number, number, number],
  stride: number,
): OnnxValue {
  const [channels = 1, kernel = 1] = weight.shape;
  const margin = (kernel - 1) / 2;
  const filter = [channels, 1, kernel, kernel];
  const convolved = graph.node(
    'Conv',
    [emitTranspose(graph, x, [0, 3, 1, 2]), emitReshape(graph, weight, filter)],
    { shape: [batch, channels, height, width] },
    {
      attributes: {
        group: channels,
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [margin, margin, margin, margin],
      },
    },
  );
  return emitTranspose(graph, convolved, [0, 2, 3, 1]);
}

/** `[C, k, k]`, both last axes backwards. */
function turned(graph: OnnxGraph, weight: OnnxValue): OnnxValue {
  const bounds = [
    [-1, -1],
    [-(2 ** 31), -(2 ** 31)],
    [1, 2],
    [-1, -1],
  ].map((part) => graph.integers(part));
  return graph.node('Slice', [weight, ...bounds], { shape: weight.shape });
}

type Numbers = Readonly<Record<string, number>>;

function bandsOf(attributes: Numbers) {
  const [kernel, stride] = [named(attributes, 'kernel'), named(attributes, 'stride')];
  return { kernel, stride, height: named(attributes, 'height'), width: named(attributes, 'width') };
}

/** What tfjs's own kernels are told of pictures that have their margin. */
function directly(attributes: Numbers) {
  const { stride } = bandsOf(attributes);
  const strides: [number, number] = [stride, stride];
  return { strides, pad: 'valid' as const, dilations: [1, 1] };
}

function marginOf(attributes: Numbers): number {
  return (named(attributes, 'kernel') - 1) / 2;
}

/** `[C, k, k]` → `[k, k, C, 1]` */
function filterOf(weight: tf.Tensor): tf.Tensor4D {
  return tf.expandDims(tf.transpose(weight, [1, 2, 0]), 3);
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attributes: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes);
}
