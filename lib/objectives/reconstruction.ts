// Owns the objective of filling in what is hidden: a distance of hidden values, and terms that compare the frames around them.
import type { Reconstruction } from '../model/model-family.js';
import { sumSquares } from '../operations/sum-squares.js';
import { tf } from '../operations/tfjs.js';
import { fillFrames, planFrames } from './filled-frames.js';
import { gradientDifference } from './gradient-difference.js';
import { comparesFrames, type LossExpression } from './loss-expression.js';
import type { Objective } from './objective.js';
import { structuralDissimilarity } from './structural-dissimilarity.js';

/**
 * Mean over the hidden values of (prediction − target)² (VideoMAE, Tong et al. 2022, equation 2) or of |prediction − target|, and
 * the weighted terms over the frames that were filled in.
 */
export const reconstruction: Objective = {
  planInputs: ({ loss, plans }) => (comparesFrames(loss) ? planFrames(plans) : {}),
  loss: (family, config, parameters, inputs, { loss, grid }) => {
    const made = family.reconstruct(config, parameters, inputs);
    const distance = distanceOf(made, loss);
    if (!comparesFrames(loss)) return distance;
    const frames = fillFrames(made.tokens(), inputs, grid);
    return tf.addN([
      distance,
      ...(loss.gradient > 0 ? [tf.mul(gradientDifference(frames), loss.gradient)] : []),
      ...(loss.ssim > 0 ? [tf.mul(structuralDissimilarity(frames), loss.ssim)] : []),
    ]);
  },
};

function distanceOf({ prediction, target, weights }: Reconstruction, { distance }: LossExpression): tf.Tensor {
  const difference = tf.sub(prediction, target);
  const total = (x: tf.Tensor) => (distance === 'mse' ? sumSquares(x) : tf.sum(tf.abs(x)));
  if (weights === undefined) return tf.div(total(difference), difference.size);
  const weighted = tf.mul(difference, weights);
  const hidden = tf.mul(tf.sum(weights), prediction.size / weights.size);
  // Weights are 0 or 1, so that their square is themselves.
  return tf.div(total(weighted), hidden);
}
