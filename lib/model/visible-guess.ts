// Owns a cheap guess of a whole clip from what is visible of it: the linear blend over time at each place, and where a place is
// never visible the mean of its nearest visible neighbours. Knows no family.
import * as tf from '@tensorflow/tfjs';
import type { MaskPlan } from '../masking/mask-plan.js';
import { named, type Tensors } from '../operations/operation.js';
import { blendWeights } from './blend-weights.js';
import type { PlanInput } from './model-family.js';
import { chooseNearest, neighbourCount } from './nearest-places.js';

/** Float32 `[B, L, S]`, L = rows · columns, S steps: `inside` for the tokens of one of the sets, 1 − `inside` for all others. */
export function planPlane(
  plans: readonly MaskPlan[],
  of: 'visible' | 'hidden',
  inside: 0 | 1,
): PlanInput & { readonly type: 'float32' } {
  const { rows = 1, columns = 1, steps = 1 } = plans[0]?.grid ?? {};
  const places = rows * columns;
  const values = new Float32Array(plans.length * places * steps).fill(1 - inside);
  for (const [sample, plan] of plans.entries()) {
    for (const token of plan[of]) {
      values[(sample * places + (token % places)) * steps + Math.floor(token / places)] = inside;
    }
  }
  return { type: 'float32', shape: [plans.length, places, steps], values };
}

/**
 * The inputs that {@link guessClip} reads.
 * @param unseen `[B, L, S]`, 0 where a token is visible and 1 elsewhere
 */
export function planGuess(plans: readonly MaskPlan[], unseen: Float32Array): Readonly<Record<string, PlanInput>> {
  const { rows = 1, columns = 1, steps = 1 } = plans[0]?.grid ?? {};
  const [batch, places] = [plans.length, rows * columns];
  const motion = blendWeights(unseen, steps);
  const means = new Float32Array(unseen.length);
  const known = new Uint8Array(places);
  const neighbours = new Int32Array(batch * places * neighbourCount);
  const shares = new Float32Array(neighbours.length);
  for (let sample = 0; sample < batch; sample++) {
    for (let place = 0; place < places; place++) {
      const start = (sample * places + place) * steps;
      known[place] = takeMean(unseen, motion, means, start, steps);
    }
    const [from, to] = [sample * places * neighbourCount, (sample + 1) * places * neighbourCount];
    const into = { places: neighbours.subarray(from, to), weights: shares.subarray(from, to), start: sample * places };
    chooseNearest(known, { rows, columns }, into);
  }
  return {
    means: { type: 'float32', shape: [batch, places, 1, steps], values: means },
    motion: { type: 'float32', shape: [batch, places, steps, steps], values: motion },
    neighbours: { type: 'int32', shape: [batch * places * neighbourCount], values: neighbours },
    shares: { type: 'float32', shape: [batch * places, 1, neighbourCount], values: shares },
  };
}

/** Writes the weights of one place's mean, and takes it out of the blend. @returns 1 where the place is visible at some step */
function takeMean(
  unseen: Float32Array,
  motion: Float32Array,
  means: Float32Array,
  start: number,
  steps: number,
): 0 | 1 {
  let count = 0;
  for (let step = 0; step < steps; step++) count += unseen[start + step] === 0 ? 1 : 0;
  if (count === 0) return 0;
  for (let step = 0; step < steps; step++) {
    if (unseen[start + step] !== 0) continue;
    means[start + step] = 1 / count;
    for (let row = 0; row < steps; row++) {
      const index = (start + row) * steps + step;
      motion[index] = (motion[index] ?? 0) - 1 / count;
    }
  }
  return 1;
}

/** A guess in two parts, whose sum it is. */
export type Guess = {
  /** What does not change, `[B, L, 1, V]`: the mean over the visible steps of each place, or its neighbours'. */
  readonly mean: tf.Tensor;
  /** What is to be added at each step, `[B, L, S, V]`; 0 where a place is never visible. */
  readonly motion: tf.Tensor;
};

/**
 * The guess of clips from what is visible of them.
 * @param clips `[B, L, S, V]`, V values of a token; what is hidden is not looked at
 * @param inputs those of {@link planGuess}
 */
export function guessClip(clips: tf.Tensor, inputs: Tensors): Guess {
  const [batch = 1, places = 1, , length = 1] = clips.shape;
  const own = tf.reshape(tf.matMul(named(inputs, 'means'), clips), [batch * places, length]);
  const around = tf.reshape(tf.gather(own, named(inputs, 'neighbours')), [batch * places, neighbourCount, length]);
  return {
    mean: tf.reshape(tf.matMul(named(inputs, 'shares'), around), [batch, places, 1, length]),
    motion: tf.matMul(named(inputs, 'motion'), clips),
  };
}
