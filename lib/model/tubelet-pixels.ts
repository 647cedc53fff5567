// Owns the order of a clip's pixels in tensors: from frames to tubelets and back. Knows no family.
import { type TokenGrid, tokenLength } from '../clip/token-grid.js';
import { tf } from '../operations/tfjs.js';

/** `[B, T, H, W, C]` → `[B, L, S, t·p·p·C]`, L = rows · columns: the tubelets of each place, step by step. */
export function tubeletsByPlace(pixels: tf.Tensor, grid: TokenGrid): tf.Tensor {
  const { steps, rows, columns, tubelet, clip } = grid;
  const [batch = 1] = pixels.shape;
  const line = tubelet.size * clip.channels;
  const apart = tf.reshape(pixels, [batch, clip.frames, rows, tubelet.size, columns, line]);
  return tf.reshape(tf.transpose(apart, [0, 2, 4, 1, 3, 5]), [batch, rows * columns, steps, tokenLength(grid)]);
}

/** `[B, T, H, W, C]` → `[B · N, t·p·p·C]`: the tokens of each clip in their order. */
export function tubeletsByToken(pixels: tf.Tensor, grid: TokenGrid): tf.Tensor {
  const { steps, rows, columns, tokens, tubelet, clip } = grid;
  const [batch = 1] = pixels.shape;
  const line = tubelet.size * clip.channels;
  const apart = tf.reshape(pixels, [batch * steps, tubelet.frames, rows, tubelet.size, columns, line]);
  return tf.reshape(tf.transpose(apart, [0, 2, 4, 1, 3, 5]), [batch * tokens, tokenLength(grid)]);
}

/** The inverse of {@link tubeletsByToken}, frame by frame: `[B · N, t·p·p·C]` → `[B · T, H, W, C]`. */
export function framesOfTokens(tokens: tf.Tensor, grid: TokenGrid): tf.Tensor {
  const { rows, columns, tubelet, clip } = grid;
  const line = tubelet.size * clip.channels;
  const frames = (tokens.shape[0] / grid.tokens) * clip.frames;
  const apart = tf.reshape(tokens, [frames / tubelet.frames, rows, columns, tubelet.frames, tubelet.size, line]);
  const together = tf.transpose(apart, [0, 3, 1, 4, 2, 5]);
  return tf.reshape(together, [frames, clip.height, clip.width, clip.channels]);
}
