// Owns tubelets of mean 0 and variance 1, what a network fills in for the sake of its representation, and the way back to
// pixels. Knows no family.
import { tf } from '../operations/tfjs.js';

/** Added to the deviation, which is 0 where a tubelet is of one colour; pixels 0 to 1. */
const epsilon = 1e-6;

/** Mean and deviation of each colour of each tubelet, `[R, 1, C]`, and the tubelets as `[R, t·p·p, C]`. */
function describe(tubelets: tf.Tensor, channels: number): { values: tf.Tensor; mean: tf.Tensor; deviation: tf.Tensor } {
  const count = (tubelets.shape.at(-1) ?? channels) / channels;
  const values = tf.reshape(tubelets, [-1, count, channels]);
  // A sum of whole numbers is exact: in a tubelet of one colour nothing differs from the mean.
  const mean = tf.div(tf.sum(values, 1, true), count);
  const squares = tf.sum(tf.square(tf.sub(values, mean)), 1, true);
  return { values, mean, deviation: tf.sqrt(tf.div(squares, Math.max(1, count - 1))) };
}

/**
 * (x − mean) / (deviation + 10⁻⁶) for each colour of each tubelet, the deviation that of a sample (He et al. 2022, section 3.1; for
 * tubelets Tong et al. 2022, section 4.1, whose code takes each colour by itself, as Hugging Face's `norm_pix_loss` does).
 * @param tubelets pixels 0 to 255, `[…, t·p·p·C]`
 * @param channels C
 */
export function normaliseTubelets(tubelets: tf.Tensor, channels: number): tf.Tensor {
  const { values, mean, deviation } = describe(tubelets, channels);
  return tf.reshape(tf.div(tf.sub(values, mean), tf.add(deviation, 255 * epsilon)), tubelets.shape);
}

/**
 * Pixels from normalised tubelets, by the mean and the deviation of a guess: those of the truth are not known.
 * @param normalised `[…, t·p·p·C]`
 * @param guess pixels 0 to 1, of the same shape
 * @param channels C
 * @returns pixels 0 to 1, of the same shape
 */
export function drawNormalised(normalised: tf.Tensor, guess: tf.Tensor, channels: number): tf.Tensor {
  const { mean, deviation } = describe(guess, channels);
  const values = tf.reshape(normalised, [-1, (guess.shape.at(-1) ?? channels) / channels, channels]);
  return tf.reshape(tf.add(tf.mul(values, deviation), mean), guess.shape);
}
