// Owns the transposed 2-D convolution, which makes a picture larger, channels last. Knows nothing of models.
import type * as tf from '@tensorflow/tfjs';
import { addBias } from './add-bias.js';
import { checkKernel, transposedConvolution } from './convolution.js';
import { runForOne } from './operation.js';

/**
 * The gradient of a convolution with the same weight and stride s with respect to its input (Dumoulin and Visin 2016, section 4):
 * `y[b,q,o] = Σ_d Σ_i w[i,d,o] · x[b,(q−d)/s,i] + bias[o]`, over the offsets d around 0 for which s divides q − d.
 * @param x `[B, H, W, I]`
 * @param weight `[I, k, k, O]`, k odd
 * @param bias `[O]`
 * @returns `[B, s·H, s·W, O]`
 * @throws {RangeError} where the kernel is not square and odd, or has other channels than `x`, or the stride is below 1.
 */
export function convolveTransposed(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, stride: number): tf.Tensor {
  checkKernel(weight, stride);
  const [, height = 1, width = 1, channels = 0] = x.shape;
  if (weight.shape[0] !== channels) {
    throw new RangeError(`the kernel must have the input's ${channels} channels, got ${weight.shape[0]}`);
  }
  const sizes = { stride, height: height * stride, width: width * stride };
  return addBias(runForOne(transposedConvolution, { x, weight }, sizes), bias);
}
