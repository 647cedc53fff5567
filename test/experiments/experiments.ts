// Owns the table of experiments: a new one is one file and one line here.
import type { Experiment } from './experiment.js';
import { fewLabels } from './few-labels/few-labels.js';
import { movingMnist } from './moving-mnist/moving-mnist.js';
import { surpriseExperiment } from './surprise/surprise.js';

/** All experiments by name. */
export const experiments: Readonly<Record<string, Experiment>> = {
  'moving-mnist': movingMnist,
  'few-labels': fewLabels,
  surprise: surpriseExperiment,
};
