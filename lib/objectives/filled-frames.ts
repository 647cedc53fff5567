// Owns the frames of a batch as a network fills them in, beside the true ones. Knows no family and no loss.
import type { TokenGrid } from '../clip/token-grid.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { PlanInput } from '../model/model-family.js';
import { framesOfTokens, tubeletsByToken } from '../model/tubelet-pixels.js';
import { placeRows } from '../operations/embedding.js';
import { named, type Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';

/** The inputs that {@link fillFrames} reads beside the pixels. */
export function planFrames(plans: readonly MaskPlan[]): Readonly<Record<string, PlanInput>> {
  const [batch, { tokens = 0, steps = 0, clip } = {}] = [plans.length, plans[0]?.grid];
  const hidden = plans[0]?.hidden.length ?? 0;
  const scoredTokens = new Int32Array(batch * hidden);
  const scoredRows = new Int32Array(batch * tokens).fill(batch * hidden);
  const known = new Float32Array(batch * tokens).fill(1);
  const shares = new Float32Array(batch * (clip?.frames ?? 0));
  for (const [sample, plan] of plans.entries()) {
    for (const [index, token] of plan.hidden.entries()) {
      scoredTokens[sample * hidden + index] = sample * tokens + token;
      scoredRows[sample * tokens + token] = sample * hidden + index;
    }
    for (const token of plan.unused) known[sample * tokens + token] = 0;
    const hiddenSteps = new Set(Array.from(plan.hidden, (token) => Math.floor((token * steps) / tokens))).size;
    const [frames, first] = [shares.length / batch, (sample * shares.length) / batch];
    shares.fill(steps / (batch * hiddenSteps * frames), first, first + frames);
  }
  const hasUnused = plans.some(({ unused }) => unused.length > 0);
  return {
    scoredTokens: { type: 'int32', shape: [batch * hidden], values: scoredTokens },
    scoredRows: { type: 'int32', shape: [batch * tokens], values: scoredRows },
    frameShares: { type: 'float32', shape: [shares.length], values: shares },
    ...(hasUnused ? { knownTokens: { type: 'float32', shape: [batch * tokens, 1], values: known } } : {}),
  };
}

/** A batch of frames, pixels 0 to 1. */
export type FilledFrames = {
  /** `[B · T, H, W, C]`: what is hidden as it was filled in, all else as it is; unused pixels are 0. */
  readonly filled: tf.Tensor;
  /** The same as it is. */
  readonly truth: tf.Tensor;
  /**
   * `[B · T]`: what each frame counts, so that the sum is the mean over clips of the mean over those of their frames in which something
   * is hidden. The others are the same in both.
   */
  readonly shares: tf.Tensor;
};

/**
 * The frames with the hidden pixels filled in.
 * @param tokens `[B, Nh, t·p·p·C]` of the hidden tokens in order, or `[B, N, t·p·p·C]` of all, pixels 0 to 1
 * @param inputs `pixels`, and those of {@link planFrames}
 */
export function fillFrames(tokens: tf.Tensor, inputs: Tensors, grid: TokenGrid): FilledFrames {
  const [, perClip = 0, length = 1] = tokens.shape;
  const [scoredTokens, scoredRows] = [named(inputs, 'scoredTokens'), named(inputs, 'scoredRows')];
  const truth = tf.div(tubeletsByToken(named(inputs, 'pixels'), grid), 255);
  const given = tf.reshape(tokens, [-1, length]);
  const [hidden = 0] = scoredTokens.shape;
  let error: tf.Tensor;
  if (perClip === grid.tokens) {
    const isHidden = tf.reshape(tf.less(scoredRows, hidden), [-1, 1]);
    error = tf.mul(tf.sub(given, truth), tf.cast(isHidden, 'float32'));
  } else {
    error = placeRows(tf.sub(given, tf.gather(truth, scoredTokens)), scoredRows, scoredTokens);
  }
  const known = inputs['knownTokens'];
  const ofKnown = (values: tf.Tensor) => framesOfTokens(known === undefined ? values : tf.mul(values, known), grid);
  return { filled: ofKnown(tf.add(truth, error)), truth: ofKnown(truth), shares: named(inputs, 'frameShares') };
}
