// Owns the difference of image gradients, which keeps edges sharp. Knows no network.
import { absolute } from '../operations/absolute.js';
import { tf } from '../operations/tfjs.js';
import type { FilledFrames } from './filled-frames.js';

/**
 * The mean of | |∂filled| − |∂truth| | over neighbouring pixels down the frame, and that across it, of the frames in which
 * something is hidden, and the mean over clips (Mathieu et al. 2016, section 3.2, with α = 1; their sum is taken as a mean, so that it
 * does not grow with the frame).
 */
export function gradientDifference({ filled, truth, shares }: FilledFrames): tf.Tensor {
  const along = (axis: 1 | 2) => {
    const difference = tf.sub(absolute(differences(filled, axis)), absolute(differences(truth, axis)));
    return tf.mean(absolute(difference), [1, 2, 3]);
  };
  return tf.sum(tf.mul(tf.add(along(1), along(2)), shares));
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
