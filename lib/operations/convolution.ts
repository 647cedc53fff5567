// Owns the 2-D convolution with zero padding, channels last, and its transpose: each is the other's gradient. Knows nothing of
// models.
//
// Either is a matrix product over neighbourhoods gathered in one pass, and the weight's gradient a product with the same
// neighbourhoods: all of them run at the speed of a product. What can be had with fewer multiplications is.
import { addBias } from './add-bias.js';
import { emitProduct } from './emit-product.js';
import { emitTransposedConvolution } from './emit-transposed-convolution.js';
import { withMargin, withoutMargin } from './margins.js';
import { emitTaps, neighbourhoods, tapsOfKernel } from './neighbourhoods.js';
import { named, runForOne, runOperation, type Operation } from './operation.js';
import { emitReshape } from './emit-layout.js';
import { tf } from './tfjs.js';
import { suitsWinograd, winogradConvolution } from './winograd-convolution.js';

/**
 * `y[b,p,o] = Σ_d Σ_c w[o,d,c] · x[b,s·p+d,c] + bias[o]`, d over the k × k offsets around 0, zeros outside, s the stride.
 * @param x `[B, H, W, C]`
 * @param weight `[O, k, k, C]`, k odd
 * @param bias `[O]`
 * @returns `[B, ⌈H/s⌉, ⌈W/s⌉, O]`
 * @throws {RangeError} where the kernel is not square and odd, or has other channels than `x`, or the stride is below 1.
 */
export function convolve(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, stride = 1): tf.Tensor {
  checkKernel(weight, stride);
  const [, height = 1, width = 1, channels = 0] = x.shape;
  if (weight.shape[3] !== channels) {
    throw new RangeError(`the kernel must have the input's ${channels} channels, got ${weight.shape[3] ?? 0}`);
  }
  const product = suitsWinograd(x.shape, weight.shape, stride)
    ? runForOne(winogradConvolution, { x, weight })
    : runForOne(convolution, { x, weight }, { stride, height, width });
  return addBias(product, bias);
}

/** @throws {RangeError} where the kernel `[…, k, k, …]` is not square and odd, or the stride is no whole number above 0. */
export function checkKernel({ shape: [, rows = 0, columns = 0] }: tf.Tensor, stride: number): void {
  if (rows !== columns || rows % 2 !== 1) {
    throw new RangeError(`the kernel must be square and odd, got ${rows} × ${columns}`);
  }
  if (!Number.isInteger(stride) || stride < 1) throw new RangeError(`the stride must be 1 or more, got ${stride}`);
}

/** See {@link convolve}, without the bias; its second output is what `neighbourhoods` gives. Height and width are those of `x`. */
export const convolution: Operation = {
  name: 'Lacuna.Convolution',
  compose: (inputs, attributes) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const [, kernel = 1] = weight.shape;
    const stride = named(attributes, 'stride');
    const filter = tf.transpose(weight, [1, 2, 3, 0]) as tf.Tensor4D;
    const y = tf.conv2d(withMargin(x, (kernel - 1) / 2), filter, stride, 'valid');
    return [y, neighbourhoods(x, kernel, stride)];
  },
  emit: (graph, inputs, attributes) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const [outputs = 1, kernel = 1] = weight.shape;
    const taps = tapsOfKernel(x.shape, kernel, named(attributes, 'stride'));
    const columns = emitTaps(graph, x, taps);
    const matrix = emitReshape(graph, weight, [outputs, columns.shape[1] ?? 1]);
    const product = emitProduct(graph, columns, matrix, { transB: true });
    return [emitReshape(graph, product, [x.shape[0] ?? 1, taps.height, taps.width, outputs]), columns];
  },
  gradient: {
    inputs: ['weight'],
    outputs: [false, true],
    compute: (gradient, [weight, columns], attributes) => {
      if (weight === undefined || columns === undefined) throw new Error('the convolution lost what it saved');
      return {
        x: () => runForOne(transposedConvolution, { x: gradient, weight }, attributes),
        weight: () => weightGradient(gradient, columns, weight.shape),
      };
    },
  },
};

/**
 * The transpose of {@link convolution} as a linear map of its input: `x` `[B, h, w, I]`, `weight` `[I, k, k, O]` →
 * `[B, height, width, O]`.
 */
export const transposedConvolution: Operation = {
  name: 'Lacuna.TransposedConvolution',
  compose: (inputs, attributes) => {
    const [x, weight] = [named(inputs, 'x') as tf.Tensor4D, named(inputs, 'weight')];
    const [, kernel = 1, , outputs = 1] = weight.shape;
    const [height, width] = [named(attributes, 'height'), named(attributes, 'width')];
    const filter = tf.transpose(weight, [1, 2, 3, 0]) as tf.Tensor4D;
    // With the margin that the convolution puts around its input.
    const shape: [number, number, number, number] = [x.shape[0], height + kernel - 1, width + kernel - 1, outputs];
    const wide = tf.conv2dTranspose(x, filter, shape, named(attributes, 'stride'), 'valid');
    return [withoutMargin(wide, (kernel - 1) / 2)];
  },
  emit: (graph, inputs, attributes) => {
    const [x, weight] = [named(inputs, 'x'), named(inputs, 'weight')];
    const [height, width] = [named(attributes, 'height'), named(attributes, 'width')];
    return [emitTransposedConvolution(graph, x, weight, { stride: named(attributes, 'stride'), height, width })];
  },
  gradient: {
    inputs: ['x', 'weight'],
    compute: (gradient, [x, weight], attributes) => {
      if (x === undefined || weight === undefined) throw new Error('the transposed convolution lost what it saved');
      // Both at once: they share the neighbourhoods, and tfjs frees what one alone computes.
      const [forX, columns] = runOperation(convolution, { x: gradient, weight }, attributes);
      if (forX === undefined || columns === undefined) throw new Error('the convolution gave no tensor');
      return { x: () => forX, weight: () => weightGradient(x, columns, weight.shape) };
    },
  },
};

/** `[…, O]` and the neighbourhoods `[R, k·k·C]` of the same places → `[O, k, k, C]`. */
function weightGradient(outer: tf.Tensor, columns: tf.Tensor, shape: number[]): tf.Tensor {
  const rows = tf.reshape(outer, [-1, shape[0] ?? 1]);
  return tf.reshape(tf.matMul(rows, columns, true, false), shape);
}
