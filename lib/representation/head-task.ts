// Owns the training of classifiers on features that stay as they are: several of them at once, one for each rate. Knows nothing of
// where features come from.
import { createRandom } from '../clip/random.js';
import type { Engine } from '../engine/engine.js';
import { layOutParameters } from '../engine/parameter-layout.js';
import { classifierParameters, classify } from '../model/classifier.js';
import { initialise } from '../model/initial.js';
import type { ClassifierConfig } from '../model/model-config.js';
import { logSoftmax } from '../operations/log-softmax.js';
import { named, type Tensors } from '../operations/operation.js';
import { tf } from '../operations/tfjs.js';

/** Vectors of clips, `[n, tokens, D]`. */
export type Features = {
  readonly values: Float32Array;
  readonly tokens: number;
  /** D. */
  readonly width: number;
};

/** What is trained, and on what. */
export type HeadTask = {
  readonly classifier: ClassifierConfig;
  readonly train: Features;
  /** Of each clip of `train`. */
  readonly classes: Int32Array;
  /** What is classified afterwards. */
  readonly asked: readonly Features[];
  /** A head is trained at each. */
  readonly rates: readonly number[];
  /** Decoupled decay of all. */
  readonly weightDecay: number;
  readonly steps: number;
  /** Clips of a step at most. */
  readonly batch: number;
  readonly seed: number;
};

/** Of each head, how likely each class is: for each of `asked` `[n, K]`. */
export type HeadAnswers = readonly (readonly Float32Array[])[];

const optimiser = { name: 'adamw', beta1: 0.9, beta2: 0.98, epsilon: 1e-8, clipNorm: 1e30 } as const;
const warmUpPart = 0.1;
/** Clips that are classified at once. */
const askedBatch = 64;

export async function trainHeads(engine: Engine, task: HeadTask): Promise<HeadAnswers> {
  const { classifier, train, classes, rates, weightDecay, steps, seed } = task;
  const { tokens, width } = train;
  const count = train.values.length / (tokens * width);
  const batch = Math.min(task.batch, count);
  const most = Math.max(...rates);
  const nameOf = (head: number, name: string) => `${head}.${name}`;
  const own = classifierParameters(classifier, width);
  const specs = rates.flatMap((rate, head) =>
    own.map((spec) => ({ ...spec, name: nameOf(head, spec.name), rate: rate / most })),
  );
  const layout = layOutParameters(specs);
  const state = engine.createState(layout);
  const moments = new Float32Array(layout.length);
  // All heads begin alike.
  const begun = new Map(own.map(({ name, initial }) => [name, initial]));
  const parameters = initialise(
    specs.map((spec) => ({ ...spec, initial: begun.get(spec.name.slice(spec.name.indexOf('.') + 1)) ?? spec.initial })),
    layout,
    seed,
  );
  await engine.writeState(state, { parameters, moments1: moments, moments2: moments });
  const logitsOf = (head: number, all: Tensors, features: tf.Tensor) =>
    classify(classifier, Object.fromEntries(own.map(({ name }) => [name, named(all, nameOf(head, name))])), features);
  const inputsOf = (clips: number) => ({ features: { type: 'float32', shape: [clips, tokens, width] } }) as const;

  const shape = [batch, classifier.labels.length];
  const step = await engine.compile('step', {
    ...{ name: 'heads', layout, optimiser },
    inputs: { ...inputsOf(batch), targets: { type: 'float32', shape } },
    loss: (all, inputs) => {
      const [features, targets] = [named(inputs, 'features'), named(inputs, 'targets')];
      const losses = rates.map((_, head) => tf.sum(tf.mul(targets, logSoftmax(logitsOf(head, all, features)))));
      return tf.div(tf.addN(losses), -batch);
    },
  });
  const scales = scaleOf(train);
  const order = createEndlessOrder(count, seed);
  for (let index = 0; index < steps; index++) {
    const rows = Array.from({ length: batch }, (_, place) => order(index * batch + place));
    const targets = new Float32Array(batch * classifier.labels.length);
    for (const [place, row] of rows.entries()) targets[place * classifier.labels.length + (classes[row] ?? 0)] = 1;
    await step.run(
      state,
      { features: takeRows(train, rows, batch, scales), targets },
      { learningRate: most * rateAt((index + 1) / steps), weightDecay, step: index + 1 },
    );
  }
  await step.release();

  const forward = await engine.compile('forward', {
    ...{ name: 'heads', layout, inputs: inputsOf(askedBatch) },
    outputs: (all, inputs) =>
      Object.fromEntries(
        rates.map((_, head) => [`${head}`, tf.softmax(logitsOf(head, all, named(inputs, 'features')))] as const),
      ),
  });
  const answers: Float32Array[][] = rates.map(() => []);
  for (const features of task.asked) {
    const clips = features.values.length / (tokens * width);
    const found = rates.map(() => new Float32Array(clips * classifier.labels.length));
    for (let start = 0; start < clips; start += askedBatch) {
      const rows = Array.from({ length: Math.min(askedBatch, clips - start) }, (_, place) => start + place);
      const given = await forward.run(state, { features: takeRows(features, rows, askedBatch, scales) });
      for (const [head, into] of found.entries()) {
        const values = given[`${head}`] ?? new Float32Array(0);
        const { length } = classifier.labels;
        into.set(values.subarray(0, rows.length * length), start * length);
      }
    }
    for (const [head, into] of found.entries()) answers[head]?.push(into);
  }
  await forward.release();
  return answers;
}

/** Up to 1 in a straight line, then along half a cosine to 0. */
function rateAt(part: number): number {
  if (part < warmUpPart) return part / warmUpPart;
  return (1 + Math.cos((Math.PI * (part - warmUpPart)) / (1 - warmUpPart))) / 2;
}

/** Mean and deviation of each of the D numbers over all clips and tokens. */
type Scales = { readonly mean: Float64Array; readonly scale: Float64Array };

function scaleOf({ values, width }: Features): Scales {
  const [mean, square] = [new Float64Array(width), new Float64Array(width)];
  const count = values.length / width;
  for (const [index, value] of values.entries()) {
    const place = index % width;
    mean[place] = (mean[place] ?? 0) + value / count;
  }
  for (const [index, value] of values.entries()) {
    const place = index % width;
    square[place] = (square[place] ?? 0) + (value - (mean[place] ?? 0)) ** 2 / count;
  }
  return { mean, scale: square.map((variance) => (variance > 0 ? 1 / Math.sqrt(variance) : 0)) };
}

/** Rows of features, each of the D numbers with mean 0 and deviation 1 over the training clips, and zeros up to `batch` rows. */
function takeRows(
  { values, tokens, width }: Features,
  rows: readonly number[],
  batch: number,
  { mean, scale }: Scales,
): Float32Array {
  const length = tokens * width;
  const taken = new Float32Array(batch * length);
  for (const [place, row] of rows.entries()) {
    for (let index = 0; index < length; index++) {
      const channel = index % width;
      taken[place * length + index] =
        ((values[row * length + index] ?? 0) - (mean[channel] ?? 0)) * (scale[channel] ?? 0);
    }
  }
  return taken;
}

/** All rows in an order of their own for each epoch, for ever. */
function createEndlessOrder(count: number, seed: number): (position: number) => number {
  let [known, order] = [-1, new Int32Array(0)];
  return (position) => {
    const epoch = Math.floor(position / count);
    if (epoch !== known) {
      order = createRandom(seed, 'heads', epoch).shuffle(Int32Array.from({ length: count }, (_, row) => row));
      known = epoch;
    }
    return order[position % count] ?? 0;
  };
}
