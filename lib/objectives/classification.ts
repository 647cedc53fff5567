// Owns the objective of telling classes apart: the cross-entropy of what a classifier gives.
import { classify } from '../model/classifier.js';
import type { ClassifierConfig } from '../model/model-config.js';
import { logSoftmax } from '../operations/log-softmax.js';
import { named } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';
import type { Objective } from './objective.js';

/**
 * Mean over clips of −Σ t log p, with t the class of the clip, a part of it spread evenly over all (Szegedy et al. 2016, section 7).
 */
export const classification: Objective = {
  planInputs: ({ plans, classes, classifier, smoothing }) => {
    const classCount = needed(classifier).labels.length;
    if (classes?.length !== plans.length) throw new RangeError('each clip of a batch must have a class');
    const values = new Float32Array(plans.length * classCount).fill(smoothing / classCount);
    for (const [sample, label] of classes.entries()) {
      if (!(label >= 0 && label < classCount)) throw new RangeError(`there is no class ${label} of ${classCount}`);
      const place = sample * classCount + label;
      values[place] = (values[place] ?? 0) + 1 - smoothing;
    }
    return { targets: { type: 'float32', shape: [plans.length, classCount], values } };
  },
  loss: (family, config, parameters, inputs, { classifier }) => {
    const tokens = family.encode(config, parameters, inputs);
    const logits = classify(needed(classifier), parameters, tokens);
    const [batch = 1] = logits.shape;
    return tf.div(tf.sum(tf.mul(named(inputs, 'targets'), logSoftmax(logits))), -batch);
  },
};

function needed(classifier: ClassifierConfig | undefined): ClassifierConfig {
  if (classifier === undefined) throw new RangeError('a network that fills in tells no classes apart');
  return classifier;
}
