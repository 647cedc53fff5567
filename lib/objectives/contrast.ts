// Owns the contrast of clips: those of one source shall lie near each other, and far from all others of the batch. Knows no network.
import type { PlanInput } from '../model/model-family.js';
import { logSoftmax } from '../operations/log-softmax.js';
import { tf } from '../operations/tfjs.js';

/** What cosines are divided by. */
const temperature = 0.1;

/** Of a clip and itself, in place of its similarity: e to the power of it is 0. */
const never = -1e9;

/** Keeps the direction of a vector of zeros a number. */
const least = 1e-12;

/**
 * The input that {@link contrast} reads.
 * @param sources a number for each clip, the same for those of one source
 * @returns `[B, B]`, in the row of each clip one part of 1 for each other clip of its source; zeros where there is none
 */
export function planContrast(sources: Int32Array): { readonly positives: PlanInput } {
  const batch = sources.length;
  const values = new Float32Array(batch * batch);
  for (const [row, source] of sources.entries()) {
    const others = [...sources.keys()].filter((place) => place !== row && sources[place] === source);
    for (const place of others) values[row * batch + place] = 1 / others.length;
  }
  return { positives: { type: 'float32', shape: [batch, batch], values } };
}

/**
 * Mean over clips of the mean over the other clips of its source of −log softmax(cosine / 0.1), the softmax over all other clips
 * (Khosla et al. 2020, equation 2; with two clips of each source Chen et al. 2020, equation 1). A clip alone of its source adds 0.
 * @param tokens `[B, n, D]`, whose mean is a clip's representation
 * @param positives see {@link planContrast}
 */
export function contrast(tokens: tf.Tensor, positives: tf.Tensor): tf.Tensor {
  const [batch = 1] = positives.shape;
  const mean = tf.mean(tokens, 1);
  const direction = tf.div(mean, tf.sqrt(tf.add(tf.sum(tf.square(mean), -1, true), least)));
  const itself = tf.mul(tf.eye(batch), never);
  const similarity = tf.add(tf.div(tf.matMul(direction, direction, false, true), temperature), itself);
  return tf.div(tf.sum(tf.mul(positives, logSoftmax(similarity))), -batch);
}
