// Owns the cut of clips and pictures into blocks that do not overlap, and what is learned over such blocks. Knows nothing of
// models.
import { linear } from './linear.js';
import { pixelUnshuffle } from './pixel-shuffle.js';
import { tf } from './tfjs.js';

/** The sizes of a block: frames, and pixels along each side. */
export type Tubelet = { readonly t: number; readonly p: number };

/**
 * A clip as tubelets (Tong et al. 2022, section 3.1), in the order of the grid; the values of one in the order frame, row,
 * column, channel.
 * @param clip `[B, T, H, W, C]`
 * @returns `[B, T/t · H/p · W/p, t·p·p·C]`
 * @throws {RangeError} where a side of the clip is no multiple of the tubelet's.
 */
export function patchClip(clip: tf.Tensor, { t, p }: Tubelet): tf.Tensor {
  const [batch = 1, frames = 1, height = 1, width = 1, channels = 1] = clip.shape;
  const grid = [frames / t, height / p, width / p];
  if (!grid.every(Number.isInteger)) {
    throw new RangeError(`a clip of ${frames} × ${height} × ${width} is no multiple of ${t} × ${p} × ${p}`);
  }
  const [steps = 1, rows = 1, columns = 1] = grid;
  // The pixels of a line of a tubelet stay together: the smallest part that is moved.
  const lines = tf.reshape(clip, [batch * steps, t, rows, p, columns, p * channels]);
  const tubelets = tf.transpose(lines, [0, 2, 4, 1, 3, 5]);
  return tf.reshape(tubelets, [batch, steps * rows * columns, t * p * p * channels]);
}

/**
 * Undoes {@link patchClip}.
 * @param tokens `[B, N, t·p·p·C]`
 * @param shape of the clip, `[B, T, H, W, C]`
 * @throws {RangeError} where the tokens do not make such a clip.
 */
export function unpatchClip(tokens: tf.Tensor, shape: readonly number[], { t, p }: Tubelet): tf.Tensor {
  const [batch = 1, frames = 1, height = 1, width = 1, channels = 1] = shape;
  const [steps, rows, columns] = [frames / t, height / p, width / p];
  const expected = [batch, steps * rows * columns, t * p * p * channels];
  if (tokens.shape.join() !== expected.join() || ![steps, rows, columns].every(Number.isInteger)) {
    throw new RangeError(`tokens [${tokens.shape.join()}] do not make a clip [${shape.join()}] of ${t} × ${p} × ${p}`);
  }
  const tubelets = tf.reshape(tokens, [batch * steps, rows, columns, t, p, p * channels]);
  return tf.reshape(tf.transpose(tubelets, [0, 3, 1, 4, 2, 5]), [...shape]);
}

/**
 * A convolution whose kernel is as large as its stride, without a margin: one product over blocks, and nothing is gathered.
 * @param x `[B, H, W, C]`, height and width multiples of k
 * @param weight `[O, k, k, C]`, k even or odd
 * @param bias `[O]`, or nothing
 * @returns `[B, H/k, W/k, O]`
 * @throws {RangeError} where k does not divide the sides, or the kernel has other channels than `x`.
 */
export function convolvePatches(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [outputs = 1, rows = 1, columns = 1, channels = 1] = weight.shape;
  if (rows !== columns || channels !== x.shape[3]) {
    throw new RangeError(`a kernel [${weight.shape.join()}] does not fit a picture [${x.shape.join()}]`);
  }
  return linear(pixelUnshuffle(x, rows), tf.reshape(weight, [outputs, rows * rows * channels]), bias);
}
