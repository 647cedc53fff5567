// Owns the difference of image gradients, which keeps edges sharp. Knows no network.
import { tf } from '../operations/tfjs.js';
import type { FilledFrames } from './filled-frames.js';

/**
 * The mean of | |∂filled| − |∂truth| | over neighbouring pixels down the frame, and that across it, of the frames in which
 * something is hidden (Mathieu et al. 2016, section 3.2, with α = 1; their sum is taken as a mean, so that it does not grow with the
 * frame).
 */
export function gradientDifference({ filled, truth, count }: FilledFrames): tf.Tensor {
  const along = (axis: 1 | 2) => {
    const difference = tf.sub(tf.abs(differences(filled, axis)), tf.abs(differences(truth, axis)));
    return tf.div(tf.sum(tf.abs(difference)), difference.size / filled.shape[0]);
  };
  return tf.div(tf.add(along(1), along(2)), tf.reshape(count, []));
}

/** x[i + 1] − x[i] along an axis of `[R, H, W, C]`. */
function differences(x: tf.Tensor, axis: 1 | 2): tf.Tensor {
  const size = x.shape.map((length, index) => (index === axis ? length - 1 : length));
  const from = (start: number) =>
    tf.slice(
      x,
      x.shape.map((_, index) => (index === axis ? start : 0)),
      size,
    );
  return tf.sub(from(1), from(0));
}
