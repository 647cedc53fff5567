// Owns a cheap guess of a whole clip from what is visible of it: the linear blend over time at each place, and where a place is
// never visible the mean of its nearest visible neighbours. Knows no family.
import type { MaskPlan } from '../masking/mask-plan.js';
import { named, type Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';
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
 * @param tokens `[B, L, S]`, 0 where a token is visible and 1 elsewhere
 */
export function planGuess(plans: readonly MaskPlan[], tokens: Float32Array): Readonly<Record<string, PlanInput>> {
  const { rows = 1, columns = 1, steps = 1, tubelet } = plans[0]?.grid ?? {};
  const [batch, places, depth] = [plans.length, rows * columns, tubelet?.frames ?? 1];
  const frames = steps * depth;
  const unseen =
    depth === 1
      ? tokens
      : Float32Array.from({ length: tokens.length * depth }, (_, index) => tokens[Math.floor(index / depth)] ?? 1);
  const motion = blendWeights(unseen, frames);
  const means = new Float32Array(unseen.length);
  const known = new Uint8Array(places);
  const neighbours = new Int32Array(batch * places * neighbourCount);
  const shares = new Float32Array(neighbours.length);
  for (let sample = 0; sample < batch; sample++) {
    for (let place = 0; place < places; place++) {
      const start = (sample * places + place) * frames;
      known[place] = takeMean(unseen, motion, means, start, frames);
    }
    const [from, to] = [sample * places * neighbourCount, (sample + 1) * places * neighbourCount];
    const into = { places: neighbours.subarray(from, to), weights: shares.subarray(from, to), start: sample * places };
    chooseNearest(known, { rows, columns }, into);
  }
  return {
    means: { type: 'float32', shape: [batch, places, 1, frames], values: means },
    motion: { type: 'float32', shape: [batch, places, frames, frames], values: motion },
    neighbours: { type: 'int32', shape: [batch * places * neighbourCount], values: neighbours },
    shares: { type: 'float32', shape: [batch * places, 1, neighbourCount], values: shares },
  };
}

/** Writes the weights of one place's mean, and takes it out of the blend. @returns 1 where the place is visible in some frame */
function takeMean(
  unseen: Float32Array,
  motion: Float32Array,
  means: Float32Array,
  start: number,
  frames: number,
): 0 | 1 {
  let count = 0;
  for (let frame = 0; frame < frames; frame++) count += unseen[start + frame] === 0 ? 1 : 0;
  if (count === 0) return 0;
  for (let frame = 0; frame < frames; frame++) {
    if (unseen[start + frame] !== 0) continue;
    means[start + frame] = 1 / count;
    for (let row = 0; row < frames; row++) {
      const index = (start + row) * frames + frame;
      motion[index] = (motion[index] ?? 0) - 1 / count;
    }
  }
  return 1;
}

/** A guess in two parts, whose sum it is. */
export type Guess = {
  /** What does not change, `[B, L, 1, V]`: the mean over the visible frames of each place, or its neighbours'. */
  readonly mean: tf.Tensor;
  /** What is to be added at each step, `[B, L, S, V]`; 0 where a place is never visible. */
  readonly motion: tf.Tensor;
};

/**
 * The guess of clips from what is visible of them, frame by frame.
 * @param clips `[B, L, S, V]`, V values of a token; what is hidden is not looked at
 * @param inputs those of {@link planGuess}
 */
export function guessClip(clips: tf.Tensor, inputs: Tensors): Guess {
  const [batch = 1, places = 1, steps = 1, length = 1] = clips.shape;
  const means = named(inputs, 'means');
  const frames = means.shape[3] ?? 1;
  const [depth, values] = [frames / steps, (length * steps) / frames];
  const apart = depth === 1 ? clips : tf.reshape(clips, [batch, places, frames, values]);
  const own = tf.reshape(tf.matMul(means, apart), [batch * places, values]);
  const around = tf.reshape(tf.gather(own, named(inputs, 'neighbours')), [batch * places, neighbourCount, values]);
  const mean = tf.reshape(tf.matMul(named(inputs, 'shares'), around), [batch, places, 1, values]);
  const motion = tf.matMul(named(inputs, 'motion'), apart);
  // A token has the mean in each of its frames.
  if (depth === 1) return { mean, motion };
  return { mean: tf.tile(mean, [1, 1, 1, depth]), motion: tf.reshape(motion, clips.shape) };
}
