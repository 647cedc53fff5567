// Owns the objective of filling in what is hidden: a distance of hidden values, and terms that compare the frames around them, or the
// representations of clips.
import type { Reconstruction } from '../model/model-family.js';
import { absolute } from '../operations/absolute.js';
import { sumSquares } from '../operations/sum-squares.js';
import { tf } from '../operations/tfjs.js';
import { contrast, planContrast } from './contrast.js';
import { fillFrames, planFrames } from './filled-frames.js';
import { gradientDifference } from './gradient-difference.js';
import { comparesClips, comparesFrames, type LossExpression } from './loss-expression.js';
import type { Objective } from './objective.js';
import { structuralDissimilarity } from './structural-dissimilarity.js';

/**
 * Mean over the hidden values of (prediction − target)² (VideoMAE, Tong et al. 2022, equation 2) or of |prediction − target|, and
 * the weighted terms over the frames that were filled in and over the representations.
 */
export const reconstruction: Objective = {
  planInputs: ({ loss, plans, sources }) => ({
    ...(comparesFrames(loss) ? planFrames(plans) : {}),
    ...(comparesClips(loss) && sources !== undefined ? planContrast(sources) : {}),
  }),
  loss: (family, config, parameters, inputs, { loss, grid }) => {
    const made = family.reconstruct(config, parameters, inputs);
    const frames = comparesFrames(loss) ? fillFrames(made.tokens(), inputs, grid) : undefined;
    const { positives } = inputs;
    const terms = [
      ...(frames && loss.gradient > 0 ? [tf.mul(gradientDifference(frames), loss.gradient)] : []),
      ...(frames && loss.ssim > 0 ? [tf.mul(structuralDissimilarity(frames), loss.ssim)] : []),
      ...(positives === undefined ? [] : [tf.mul(contrast(made.encoded, positives), loss.contrast)]),
    ];
    const distance = distanceOf(made, loss);
    return terms.length === 0 ? distance : tf.addN([distance, ...terms]);
  },
};

function distanceOf({ prediction, target, weights }: Reconstruction, { distance }: LossExpression): tf.Tensor {
  const difference = tf.sub(prediction, target);
  const total = (x: tf.Tensor) => (distance === 'mse' ? sumSquares(x) : tf.sum(absolute(x)));
  if (weights === undefined) return tf.div(total(difference), difference.size);
  const weighted = tf.mul(difference, weights);
  const hidden = tf.mul(tf.sum(weights), prediction.size / weights.size);
  // Weights are 0 or 1, so that their square is themselves.
  return tf.div(total(weighted), hidden);
}
