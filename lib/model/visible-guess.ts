// Owns a cheap guess of a whole clip from what is visible of it: the linear blend over time at each place, in a gap also what motion
// makes, and where a place is never visible the mean of its nearest visible neighbours. Knows no family.
import type { TokenGrid } from '../clip/token-grid.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { compensateMotion, hasBlocks } from '../operations/motion-compensation.js';
import { named, type Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';
import { blendWeights } from './blend-weights.js';
import type { GuessName } from './model-config.js';
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
 * @param guess what the frames of a gap are made of
 */
export function planGuess(
  plans: readonly MaskPlan[],
  tokens: Float32Array,
  guess: GuessName,
): Readonly<Record<string, PlanInput>> {
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
    ...(guess === 'motion' ? planMotion(plans, unseen) : {}),
  };
}

/** A run of frames of which nothing is visible, between others. */
type Gap = { readonly first: number; readonly length: number };

/** Some frames of a gap that are made together. */
type Stretch = { readonly gap: Gap; readonly first: number; readonly length: number };

/**
 * The frames at the ends of gaps, where those in between stand, and at which time between the ends; nothing where there are no gaps
 * or pictures are of no whole blocks. Clips with fewer or shorter gaps than others have zeros, so that what one clip gets does not hang
 * on those beside it. Where that would be more zeros than there are hidden frames, as of gaps here and there, each frame is made by
 * itself: then all draws of a mask have the same shapes, but for few clips whose gaps happen to be alike.
 * @param unseen `[B, L, T]`
 */
function planMotion(plans: readonly MaskPlan[], unseen: Float32Array): Readonly<Record<string, PlanInput>> {
  const { rows = 1, columns = 1, clip } = plans[0]?.grid ?? {};
  if (clip === undefined || !hasBlocks(clip.height, clip.width)) return {};
  const places = rows * columns;
  const { frames } = clip;
  const found = plans.map((_, sample) => findGaps(unseen.subarray(sample * places * frames), places, frames));
  const hidden = Math.max(...found.map((each) => each.hidden));
  const most = Math.max(...found.map(({ gaps }) => gaps.length));
  const longest = Math.max(0, ...found.flatMap(({ gaps }) => gaps.map((gap) => gap.length)));
  if (most === 0) return {};
  const isApart = most * longest > hidden;
  const [count, length] = isApart ? [hidden, 1] : [most, longest];
  const edges = new Float32Array(plans.length * 2 * count * frames);
  const between = new Float32Array(plans.length * count * length * frames);
  const times = new Float32Array(count * plans.length * length);
  for (const [sample, { gaps }] of found.entries()) {
    for (const [index, { gap, first, length: own }] of gaps.flatMap((each) => stretchesOf(each, isApart)).entries()) {
      edges[((2 * sample + 0) * count + index) * frames + gap.first - 1] = 1;
      edges[((2 * sample + 1) * count + index) * frames + gap.first + gap.length] = 1;
      for (let at = 0; at < own; at++) {
        between[((sample * count + index) * length + at) * frames + first + at] = 1;
        times[(index * plans.length + sample) * length + at] = (first + at - gap.first + 1) / (gap.length + 1);
      }
    }
  }
  return {
    edges: { type: 'float32', shape: [plans.length, 2 * count, frames], values: edges },
    between: { type: 'float32', shape: [plans.length, count * length, frames], values: between },
    times: { type: 'float32', shape: [count * plans.length, length], values: times },
  };
}

function stretchesOf(gap: Gap, isApart: boolean): readonly Stretch[] {
  if (!isApart) return [{ gap, ...gap }];
  return Array.from({ length: gap.length }, (_, at) => ({ gap, first: gap.first + at, length: 1 }));
}

/** The gaps of one clip, and of how many frames nothing is visible, at its ends too. @param unseen `[L, T]` */
function findGaps(
  unseen: Float32Array,
  places: number,
  frames: number,
): { readonly gaps: readonly Gap[]; readonly hidden: number } {
  const gaps: Gap[] = [];
  let [start, hidden] = [0, 0];
  for (let frame = 0; frame <= frames; frame++) {
    let isHidden = frame < frames;
    for (let place = 0; isHidden && place < places; place++) isHidden = unseen[place * frames + frame] === 1;
    if (isHidden) {
      hidden += 1;
      continue;
    }
    // What is hidden at either end of a clip lies between nothing.
    if (frame > start && start > 0 && frame < frames) gaps.push({ first: start, length: frame - start });
    start = frame + 1;
  }
  return { gaps, hidden };
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
  /** What is to be added at each step, `[B, L, S, V]`; where a place is never visible 0, but for what motion makes of a gap. */
  readonly motion: tf.Tensor;
};

/**
 * The guess of clips from what is visible of them, frame by frame.
 * @param clips `[B, L, S, V]`, V values of a token that span about 1; what is hidden is not looked at
 * @param inputs those of {@link planGuess}
 */
export function guessClip(clips: tf.Tensor, inputs: Tensors, grid: TokenGrid): Guess {
  const [batch = 1, places = 1, steps = 1, length = 1] = clips.shape;
  const means = named(inputs, 'means');
  const frames = means.shape[3] ?? 1;
  const [depth, values] = [frames / steps, (length * steps) / frames];
  const apart = depth === 1 ? clips : tf.reshape(clips, [batch, places, frames, values]);
  const own = tf.reshape(tf.matMul(means, apart), [batch * places, values]);
  const around = tf.reshape(tf.gather(own, named(inputs, 'neighbours')), [batch * places, neighbourCount, values]);
  const mean = tf.reshape(tf.matMul(named(inputs, 'shares'), around), [batch, places, 1, values]);
  const blend = tf.matMul(named(inputs, 'motion'), apart);
  const { edges, between, times } = inputs;
  const motion =
    edges && between && times ? tf.add(blend, moveInGaps(tf.add(blend, mean), { edges, between, times }, grid)) : blend;
  // A token has the mean in each of its frames.
  if (depth === 1) return { mean, motion };
  return { mean: tf.tile(mean, [1, 1, 1, depth]), motion: tf.reshape(motion, clips.shape) };
}

/** What motion in the gaps adds to a blend `[B, L, T, V]`: half of how it differs from that. */
function moveInGaps(
  blend: tf.Tensor,
  { edges, between, times }: Readonly<Record<'edges' | 'between' | 'times', tf.Tensor>>,
  { rows, columns, tubelet, clip }: TokenGrid,
): tf.Tensor {
  const [batch = 1, places = 1, frames = 1, values = 1] = blend.shape;
  const [all, side, line] = [edges.shape[1] ?? 2, tubelet.size, tubelet.size * clip.channels];
  const known = tf.reshape(tf.transpose(blend, [0, 2, 1, 3]), [batch, frames, places * values]);
  const pictures = tf.reshape(tf.matMul(edges, known), [batch, all, rows, columns, side, line]);
  const framed = tf.reshape(tf.transpose(pictures, [1, 0, 2, 4, 3, 5]), [
    all * batch,
    clip.height,
    clip.width,
    clip.channels,
  ]);
  const [before, after] = tf.split(tf.transpose(framed, [0, 3, 1, 2]), 2);
  if (before === undefined || after === undefined) throw new Error('a gap has two ends');
  const length = times.shape[1] ?? 1;
  const moved = tf.transpose(compensateMotion(before, after, times), [0, 2, 3, 4, 1]);
  const lines = tf.reshape(moved, [(all / 2) * batch * length, rows, side, columns, line]);
  const byGap = tf.reshape(tf.transpose(lines, [0, 1, 3, 2, 4]), [all / 2, batch, length, places * values]);
  const made = tf.reshape(tf.transpose(byGap, [1, 0, 2, 3]), [batch, (all / 2) * length, places * values]);
  const added = tf.mul(tf.sub(made, tf.matMul(between, known)), 0.5);
  const placed = tf.reshape(tf.matMul(between, added, true, false), [batch, frames, places, values]);
  return tf.transpose(placed, [0, 2, 1, 3]);
}
