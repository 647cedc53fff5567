// Owns the exchange of places for channels, channels last. Knows nothing of models.
import { tf } from './tfjs.js';

/**
 * Each place becomes `factor × factor` places (Shi et al. 2016, equation 4). Channels are in the order row, column, channel of
 * the new places, as in TensorFlow's depth to space; PyTorch has channel, row, column.
 * @param x `[B, H, W, factor·factor·C]`
 * @returns `[B, factor·H, factor·W, C]`
 * @throws {RangeError} where the channels are no multiple of factor².
 */
export function pixelShuffle(x: tf.Tensor, factor: number): tf.Tensor {
  const [batch = 1, height = 1, width = 1, size = 1] = x.shape;
  const channels = size / (factor * factor);
  if (!Number.isInteger(channels)) throw new RangeError(`${size} channels are no multiple of ${factor} × ${factor}`);
  const blocks = tf.reshape(x, [batch * height, width, factor, factor * channels]);
  return tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [batch, height * factor, width * factor, channels]);
}

/**
 * Undoes {@link pixelShuffle}.
 * @param x `[B, factor·H, factor·W, C]`
 * @returns `[B, H, W, factor·factor·C]`
 * @throws {RangeError} where height or width is no multiple of the factor.
 */
export function pixelUnshuffle(x: tf.Tensor, factor: number): tf.Tensor {
  const [batch = 1, high = 1, wide = 1, channels = 1] = x.shape;
  const [height, width] = [high / factor, wide / factor];
  if (!Number.isInteger(height) || !Number.isInteger(width)) {
    throw new RangeError(`${high} × ${wide} places are no multiple of ${factor} × ${factor}`);
  }
  const blocks = tf.reshape(x, [batch * height, factor, width, factor * channels]);
  return tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [batch, height, width, factor * factor * channels]);
}
