// Owns the kinds of probes: what each makes of features and classes. Knows nothing of whose features they are.
import type { JobControls } from '../clip/job.js';
import {
  countVectors,
  findNearest,
  normaliseVectors,
  type Vectors,
  voteOfNeighbours,
} from '../measures/nearest-neighbours.js';
import type { ClassifierConfig } from '../model/model-config.js';
import type { Features } from './head-task.js';
import { trainHeadsApart } from './train-heads-apart.js';

/** The probes: the vote of the nearest, one linear layer on the mean token, and a query that asks all tokens. */
export const probeNames = ['knn', 'linear', 'attentive'] as const;
/** One of {@link probeNames}. */
export type ProbeName = (typeof probeNames)[number];

/** The features of all clips, and the classes that are learned from. */
export type Probed = {
  readonly train: Features;
  readonly validation: Features;
  readonly test: Features;
  readonly classes: Int32Array;
  /** How all tokens become one vector. */
  readonly join: (features: Features) => Features;
};

/** Probabilities `[n, K]` of validation and test clips for one setting. */
export type Found = { readonly setting: string; readonly validation: Float32Array; readonly test: Float32Array };

/** What the random numbers of heads follow from, and the threads of the mathematics. */
type ProbeSetting = { readonly seed: number; readonly threads?: number | undefined };

type Probe = (
  own: Probed,
  labels: readonly string[],
  setting: ProbeSetting,
  controls: JobControls,
) => Promise<readonly Found[]>;

/** DINO's settings (Caron et al. 2021, appendix F.1): temperature, and the numbers of neighbours that are tried. */
const knn = { temperature: 0.07, counts: [5, 10, 20, 100] } as const;
/** Clips whose neighbours are looked for in one go. */
const askedAtOnce = 16;
const decays = [0.01, 0.3] as const;
const linear = { rates: [1e-3, 3e-3, 1e-2, 3e-2], batch: 256 } as const;
const attentive = { rates: [3e-4, 1e-3, 3e-3], batch: 64 } as const;
/** Each clip is seen so often, within these numbers of steps. */
const epochs = 100;
const stepsWithin = [100, 1000] as const;

/** See {@link probeNames}: each, for every setting that validation may choose of. */
export const probes: { readonly [Name in ProbeName]: Probe } = {
  knn: async (own, labels, _setting, controls) => {
    const vectorsOf = (features: Features): Vectors => {
      const { values, width } = own.join(features);
      return normaliseVectors({ values, width });
    };
    const [train, validation, test] = [vectorsOf(own.train), vectorsOf(own.validation), vectorsOf(own.test)];
    const counts = [...new Set(knn.counts.map((one) => Math.min(one, countVectors(train))))];
    const vote = async (asking: Vectors) => {
      const rows = countVectors(asking);
      const votes = counts.map(() => new Float32Array(rows * labels.length));
      for (let row = 0; row < rows; row++) {
        if (row % askedAtOnce === 0) {
          // Signals come only between the turns of the loop of events.
          await new Promise(setImmediate);
          controls.signal?.throwIfAborted();
          controls.onProgress?.({ unit: 'clips', done: row, total: rows, note: 'nearest neighbours' });
        }
        const query = asking.values.subarray(row * asking.width, (row + 1) * asking.width);
        const nearest = findNearest(train, query, Math.max(...counts));
        for (const [place, count] of counts.entries()) {
          const likely = voteOfNeighbours(nearest.slice(0, count), own.classes, labels.length, knn.temperature);
          votes[place]?.set(likely, row * labels.length);
        }
      }
      return votes;
    };
    const [ofValidation, ofTest] = [await vote(validation), await vote(test)];
    return counts.map((count, place) => ({
      setting: `k ${count}`,
      validation: ofValidation[place] ?? new Float32Array(),
      test: ofTest[place] ?? new Float32Array(),
    }));
  },
  linear: (own, labels, setting, controls) =>
    trainProbe(
      { ...own, train: own.join(own.train), validation: own.join(own.validation), test: own.join(own.test) },
      { labels, pooling: 'mean' },
      linear,
      setting,
      controls,
    ),
  attentive: (own, labels, setting, controls) =>
    trainProbe(own, { labels, pooling: 'attentive' }, attentive, setting, controls),
};

async function trainProbe(
  { train, validation, test, classes }: Probed,
  classifier: ClassifierConfig,
  training: { readonly rates: readonly number[]; readonly batch: number },
  { seed, threads }: ProbeSetting,
  { signal }: JobControls,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  const steps = Math.min(
    stepsWithin[1],
    Math.max(stepsWithin[0], Math.ceil((epochs * classes.length) / training.batch)),
  );
  for (const weightDecay of decays) {
    const task = { classifier, train, classes, asked: [validation, test], weightDecay, seed, steps, ...training };
    const answers = await trainHeadsApart(task, { threads, signal });
    for (const [head, [ofValidation, ofTest]] of answers.entries()) {
      if (ofValidation === undefined || ofTest === undefined) throw new Error('a head gave no answers');
      const setting = `rate ${training.rates[head] ?? NaN}, decay ${weightDecay}`;
      found.push({ setting, validation: ofValidation, test: ofTest });
    }
  }
  return found;
}
