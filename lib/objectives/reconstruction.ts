// Owns the objective of filling in what is hidden: the mean squared error of hidden pixels.
import * as tf from '@tensorflow/tfjs';
import { sumSquares } from '../operations/sum-squares.js';
import type { Objective } from './objective.js';

/** Mean over the hidden values, in [0, 1], of (prediction − truth)² (VideoMAE, Tong et al. 2022, equation 2, on raw pixels). */
export const reconstruction: Objective = {
  loss: (family, config, parameters, inputs) => {
    const { prediction, target, weights } = family.reconstruct(config, parameters, inputs);
    const difference = tf.sub(prediction, target);
    if (weights === undefined) return tf.div(sumSquares(difference), difference.size);
    const weighted = tf.mul(difference, weights);
    const hidden = tf.mul(tf.sum(weights), prediction.size / weights.size);
    // Weights are 0 or 1, so that their square is themselves.
    return tf.div(sumSquares(weighted), hidden);
  },
};
