// Owns normalisation over groups of channels and all places, channels last, with its gradient. Knows nothing of models.
import { tf } from './tfjs.js';

/**
 * `(x − mean) / √(variance + ε) · scale + shift`, the statistics of each sample over all places and over the channels of a group
 * (Wu and He 2018, section 3.1).
 * @param x `[B, …, C]`
 * @param scale `[C]`
 * @param shift `[C]`
 * @param groups how many, of neighbouring channels; C is a multiple of it
 * @returns the shape of `x`
 * @throws {RangeError} where `groups` does not divide C.
 */
export function groupNorm(
  x: tf.Tensor,
  scale: tf.Tensor,
  shift: tf.Tensor,
  groups: number,
  epsilon: number,
): tf.Tensor {
  const channels = x.shape.at(-1) ?? 1;
  if (groups < 1 || channels % groups !== 0) {
    throw new RangeError(`groups must divide the ${channels} channels, got ${groups}`);
  }
  const normalise = tf.customGrad((...given) => {
    const [rows, slope, offset, save] = given as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const mean = meanOfGroups(meanOfPlaces(rows), groups);
    const centred = tf.sub(rows, mean);
    const variance = meanOfGroups(meanOfPlaces(tf.square(centred)), groups);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    save([centred, inverse, slope]);
    return {
      value: tf.add(tf.mul(centred, tf.mul(inverse, slope)), offset),
      gradFunc: (gradient, saved) => gradientsOf(gradient, saved, groups),
    };
  });
  const rows = tf.reshape(x, [x.shape[0], -1, channels]);
  return tf.reshape(normalise(rows, scale, shift), x.shape);
}

/** ∂x `[B, P, C]`, ∂scale and ∂shift `[C]`. All sums over places are of one number for each channel: two passes over the rows. */
function gradientsOf(gradient: tf.Tensor, saved: readonly tf.Tensor[], groups: number): tf.Tensor[] {
  const [centred, inverse, scale] = saved;
  if (centred === undefined || inverse === undefined || scale === undefined) {
    throw new Error('group norm lost what it saved');
  }
  const [, places = 1] = centred.shape;
  // x̂ = centred · inverse;  ∂x̂ = ∂y · scale
  const mean = meanOfPlaces(gradient);
  const along = tf.mul(meanOfPlaces(tf.mul(gradient, centred)), inverse);
  // ∂x = (∂x̂ − mean(∂x̂) − x̂ · mean(∂x̂ · x̂)) · inverse
  const level = meanOfGroups(tf.mul(mean, scale), groups);
  const slope = tf.mul(meanOfGroups(tf.mul(along, scale), groups), inverse);
  const inner = tf.sub(tf.sub(tf.mul(gradient, scale), level), tf.mul(centred, slope));
  return [tf.mul(inner, inverse), tf.mul(tf.sum(along, [0, 1]), places), tf.mul(tf.sum(mean, [0, 1]), places)];
}

/** `[B, P, C]` → `[B, 1, C]`, as a product with one row, which reads each row of `x` once. */
function meanOfPlaces(x: tf.Tensor): tf.Tensor {
  const [, places = 1] = x.shape;
  return tf.matMul(tf.fill([1, 1, places], 1 / places), x);
}

/** `[B, 1, C]` → the same shape, each number replaced by the mean of its group. */
function meanOfGroups(x: tf.Tensor, groups: number): tf.Tensor {
  const [batch = 1, , channels = 1] = x.shape;
  const apart = tf.reshape(x, [batch, groups, channels / groups]);
  return tf.reshape(tf.tile(tf.mean(apart, -1, true), [1, 1, channels / groups]), [batch, 1, channels]);
}
