// Owns the means over square windows of planes, as products with bands of ones. Knows nothing of models.
import { tf } from './tfjs.js';

/**
 * The mean of each window of k × k that lies inside the plane.
 * @param planes `[R, H, W]`
 * @param window k, at least 1 and at most H and W
 * @returns `[R, H − k + 1, W − k + 1]`
 * @throws {RangeError} where the window is larger than the planes.
 */
export function windowMeans(planes: tf.Tensor, window: number): tf.Tensor {
  const [count = 1, height = 1, width = 1] = planes.shape;
  if (!(window >= 1 && window <= Math.min(height, width))) {
    throw new RangeError(`the window must be 1 to ${Math.min(height, width)} pixels, got ${window}`);
  }
  const across = tf.matMul(tf.reshape(planes, [count * height, width]), band(width, window), false, true);
  const lines = tf.reshape(across, [count, height, width - window + 1]);
  return tf.matMul(tf.expandDims(band(height, window), 0), lines);
}

/** `[size − k + 1, size]`: row i has 1 / k in the columns i to i + k − 1. */
function band(size: number, window: number): tf.Tensor2D {
  const rows = size - window + 1;
  const values = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) values.fill(1 / window, row * size + row, row * size + row + window);
  return tf.tensor2d(values, [rows, size]);
}
