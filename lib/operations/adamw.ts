// Owns the AdamW update as a pure function over flat tensors. Knows nothing of where the tensors are kept.
import { tf } from './tfjs.js';

/** The constants of AdamW that are baked into a compiled step. */
export type AdamWConstants = { readonly beta1: number; readonly beta2: number; readonly epsilon: number };

/** What the update of one group of parameters reads; each flat tensor `[P]`, each rate a scalar. */
export type AdamWInputs = {
  readonly parameters: tf.Tensor;
  readonly gradients: tf.Tensor;
  /** What the gradients are multiplied with first: below 1 where their norm is clipped. A scalar. */
  readonly clip: tf.Tensor;
  /** Whether anything is to change, a boolean scalar: where it is false, all numbers that are given are given back. */
  readonly isSound: tf.Tensor;
  readonly moments1: tf.Tensor;
  readonly moments2: tf.Tensor;
  /** α √(1 − β₂ᵗ) / (1 − β₁ᵗ): the rate with both bias corrections, computed in float64. */
  readonly stepSize: tf.Tensor;
  /** ε √(1 − β₂ᵗ) */
  readonly epsilon: tf.Tensor;
  /** α λ: the decoupled decay of this step; absent for parameters that do not decay. */
  readonly decay?: tf.Tensor;
};

/** What the update gives: flat tensors `[P]`. */
export type AdamWOutputs = {
  readonly parameters: tf.Tensor;
  readonly moments1: tf.Tensor;
  readonly moments2: tf.Tensor;
};

/** One AdamW update (Loshchilov and Hutter 2019, algorithm 2). */
export function adamw(inputs: AdamWInputs, { beta1, beta2 }: AdamWConstants): AdamWOutputs {
  const { parameters } = inputs;
  const orElse = (value: tf.Tensor | number, otherwise: number) => tf.where(inputs.isSound, value, otherwise);
  // All that is a number is worked out first: each operation on the arrays is a pass through memory.
  // m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²
  const gradients = orElse(inputs.gradients, 0);
  const clip = orElse(inputs.clip, 0);
  const moments1 = tf.add(tf.mul(inputs.moments1, orElse(beta1, 1)), tf.mul(gradients, tf.mul(clip, 1 - beta1)));
  const scaled = tf.mul(gradients, tf.mul(clip, Math.sqrt(1 - beta2)));
  const moments2 = tf.add(tf.mul(inputs.moments2, orElse(beta2, 1)), tf.square(scaled));
  // θ ← (1 − α λ) θ − α m̂ / (√v̂ + ε)
  const direction = tf.div(moments1, tf.add(tf.sqrt(moments2), inputs.epsilon));
  const kept = inputs.decay === undefined ? parameters : tf.mul(parameters, tf.sub(1, orElse(inputs.decay, 0)));
  return { parameters: tf.sub(kept, tf.mul(direction, orElse(inputs.stepSize, 0))), moments1, moments2 };
}
