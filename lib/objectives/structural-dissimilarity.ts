// Owns the structural dissimilarity of frames, 1 − SSIM, as something to be minimised. Knows no network.
import { ssimWindow } from '../measures/ssim.js';
import { tf } from '../operations/tfjs.js';
import { windowMeans } from '../operations/window-means.js';
import type { FilledFrames } from './filled-frames.js';

/** (0.01)² and (0.03)² for values from 0 to 1 (Wang et al. 2004, section III.B). */
const [c1, c2] = [1e-4, 9e-4];

/**
 * The mean of 1 − SSIM over all windows of the frames in which something is hidden, and over clips, as `ssim` measures it: uniform windows of
 * 7 × 7 that lie inside the frame, covariances of a sample (Wang et al. 2004, equation 13).
 * @throws {RangeError} where the frames are smaller than the window.
 */
export function structuralDissimilarity({ filled, truth, shares }: FilledFrames): tf.Tensor {
  const [frames = 1, height = 1, width = 1, channels = 1] = filled.shape;
  if (height < ssimWindow || width < ssimWindow) {
    throw new RangeError(`a frame must be at least ${ssimWindow} × ${ssimWindow} for SSIM, got ${height} × ${width}`);
  }
  const planes = (x: tf.Tensor) => tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [frames * channels, height, width]);
  const [x, y] = [planes(truth), planes(filled)];
  const means = windowMeans(tf.concat([x, y, tf.add(tf.square(x), tf.square(y)), tf.mul(x, y)], 0), ssimWindow);
  const [meanX, meanY, squares, products] = tf.split(means, 4, 0);
  if (!meanX || !meanY || !squares || !products) throw new RangeError('the means of windows came apart');
  const toSample = ssimWindow ** 2 / (ssimWindow ** 2 - 1);
  const [ofMeans, ofSquares] = [tf.mul(meanX, meanY), tf.add(tf.square(meanX), tf.square(meanY))];
  const variances = tf.mul(tf.sub(squares, ofSquares), toSample);
  const covariance = tf.mul(tf.sub(products, ofMeans), toSample);
  // (2 μx μy + c₁)(2 σxy + c₂) / ((μx² + μy² + c₁)(σx² + σy² + c₂))
  const above = tf.mul(tf.add(tf.mul(ofMeans, 2), c1), tf.add(tf.mul(covariance, 2), c2));
  const below = tf.mul(tf.add(ofSquares, c1), tf.add(variances, c2));
  const ofFrames = tf.mean(tf.reshape(tf.sub(1, tf.div(above, below)), [frames, meanX.size / frames]), 1);
  return tf.sum(tf.mul(ofFrames, shares));
}
