// Owns probing: how well classes can be told by features that stay as they are, beside the same of controls that learned nothing.
// Knows nothing of how a probe tells them.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { drawFewRows, type LabelledSplit, splitLabelled } from '../dataset/split-labelled.js';
import { type DeviceName, deviceNames } from '../engine/device-names.js';
import { type EngineName, engineNames } from '../engine/engine-names.js';
import { type ClassificationFigures, pickByValidation } from '../measures/classification-figures.js';
import type { ClassifierConfig } from '../model/model-config.js';
import { type LoadedModel, loadModel } from '../run/load-model.js';
import { classesOfRows } from '../training/row-classes.js';
import { checkClipsOfModel, figureRows } from './clips-of-model.js';
import { vectorShape } from './embed-videos.js';
import { averageTokens, type FeatureChoice, joinTokens, readRawPixels, readTokens } from './features.js';
import { noticePretrained } from './notice-pretrained.js';
import { type Found, type Probed, probeNames, type ProbeName, probes } from './probe-kinds.js';

/** What is probed: the model, the same network with random weights, the pixels, and the model with the frames in random order. */
export const probedNames = ['model', 'untrained', 'pixels', 'shuffled'] as const;
/** One of {@link probedNames}. */
export type ProbedName = (typeof probedNames)[number];

/** What is probed, and how. */
export type ProbeOptions = {
  /** A run folder. */
  readonly model: string;
  /** A folder that `prepare --labels` made, of clips of the model's size and length. */
  readonly dataset: string;
  /** Default: all. */
  readonly probes?: readonly ProbeName[] | undefined;
  /** Default: the model and all controls. */
  readonly features?: readonly ProbedName[] | undefined;
  /** A layer of the encoder, from 0. Default: the last one. */
  readonly layer?: number | undefined;
  /** Learn from so many clips of each class, and choose by at most as many. Default: all. */
  readonly labelsPerClass?: number | undefined;
  /** Which draw of these clips, and of the random numbers of heads and of the untrained network, from 0. Default 0. */
  readonly draw?: number | undefined;
  /** As in `finetune`. */
  readonly validation?: number | undefined;
  readonly test?: number | undefined;
  /** What all random choices follow from, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
  /** Default `onnx`. */
  readonly engine?: EngineName | undefined;
  /** What it computes on. Default `cpu`. */
  readonly device?: DeviceName | undefined;
  /** Threads of the mathematics. Default: all cores. */
  readonly threads?: number | undefined;
};

/** The schemas of what is probed, and how. */
export const probeChoices = {
  probes: z
    .array(z.enum(probeNames))
    .min(1)
    .default([...probeNames]),
  features: z
    .array(z.enum(probedNames))
    .min(1)
    .default([...probedNames]),
} as const;

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  dataset: z.string().min(1),
  ...probeChoices,
  layer: z.int().min(0).optional(),
  labelsPerClass: z.int().min(1).optional(),
  draw: z.int().min(0).default(0),
  validation: z.number().min(0).max(0.9).default(0.15),
  test: z.number().min(0).max(0.9).default(0.2),
  seed: z.int().min(0).default(0),
  engine: z.enum(engineNames).default('onnx'),
  device: z.enum(deviceNames).default('cpu'),
  threads: z.int().min(1).max(1024).optional(),
});

type CheckedOptions = Readonly<z.output<typeof optionsSchema>>;

/** What one probe found in one kind of features. */
export type ProbeFigures = {
  readonly features: ProbedName;
  readonly probe: ProbeName;
  /** What validation chose, such as `rate 0.001, decay 0.1`. */
  readonly setting: string;
  readonly validation: ClassificationFigures;
  readonly test: ClassificationFigures;
};

/** What all of them found. */
export type ProbeResult = {
  /** The classes, in the order of the columns. */
  readonly labels: readonly string[];
  readonly clips: { readonly train: number; readonly validation: number; readonly test: number };
  /** What guessing gives. */
  readonly chance: number;
  readonly figures: readonly ProbeFigures[];
};

/**
 * Probes a model and the controls with the same clips, heads and settings.
 * @throws {LacunaError} `usage` for wrong options; `input` where the model or the dataset cannot be read, the clips are of another
 * size, or there are fewer than two classes.
 */
export async function probe(options: ProbeOptions, controls: JobControls = {}): Promise<ProbeResult> {
  const checked = checkOptions(optionsSchema, options, 'probe');
  controls.signal?.throwIfAborted();
  const dataset = await openDataset(checked.dataset);
  try {
    const { engine, device, threads } = checked;
    const model = await loadModel(checked.model, { engine, device, threads });
    try {
      checkClipsOfModel(checked.model, model.config.model, dataset);
      await vectorShape(model, checked);
      return await probeModel(model, dataset, checked, controls);
    } finally {
      await model.compute.close();
    }
  } finally {
    await dataset.close();
  }
}

async function probeModel(
  model: LoadedModel,
  dataset: Dataset,
  options: CheckedOptions,
  controls: JobControls,
): Promise<ProbeResult> {
  const { validation, test, seed, labelsPerClass, draw } = options;
  const split = drawFewRows(dataset.clips, splitLabelled(dataset.clips, { validation, test, seed }), {
    ...{ labelsPerClass, draw, seed },
  });
  noticePretrained(model.config, dataset, split.test, controls);
  const drawn = { ...options, seed: seed + draw };
  const figures: ProbeFigures[] = [];
  for (const features of options.features) {
    const own = await readFeatures(features, model, dataset, split, drawn, controls);
    for (const name of options.probes) {
      const found = await probes[name](own, split.labels, drawn, controls);
      figures.push({ features, probe: name, ...chooseSetting(found, dataset, split) });
    }
  }
  const clips = { train: split.train.length, validation: split.validation.length, test: split.test.length };
  return { labels: split.labels, clips, chance: 1 / split.labels.length, figures };
}

async function readFeatures(
  name: ProbedName,
  { config, compute }: LoadedModel,
  dataset: Dataset,
  split: LabelledSplit,
  { layer, seed }: CheckedOptions,
  controls: JobControls,
): Promise<Probed> {
  const note = `features of ${describeFeatures[name]}`;
  const told: JobControls = { ...controls, onProgress: (made) => controls.onProgress?.({ ...made, note }) };
  const choice: FeatureChoice = { layer, ...(name === 'shuffled' && { shuffle: { seed } }) };
  const trained = name === 'untrained' ? await compute.call('readState', undefined) : undefined;
  if (trained) await compute.call('initialise', { seed });
  const read = (rows: Int32Array) =>
    name === 'pixels'
      ? readRawPixels(dataset, rows, choice, told)
      : readTokens(compute, config.model, dataset, rows, choice, told);
  try {
    const [train, validation, test] = [await read(split.train), await read(split.validation), await read(split.test)];
    const classifier: ClassifierConfig = { labels: split.labels, pooling: 'mean' };
    const classes = classesOfRows({ classifier }, dataset, split.train) ?? new Int32Array(0);
    return { train, validation, test, classes, join: name === 'pixels' ? joinTokens : averageTokens };
  } finally {
    if (trained) await compute.call('writeState', trained);
  }
}

/** What is probed, in words. */
export const describeFeatures: { readonly [Name in ProbedName]: string } = {
  model: 'the model',
  untrained: 'the same network, untrained',
  pixels: 'the pixels',
  shuffled: 'the model, frames shuffled',
};

function chooseSetting(
  found: readonly Found[],
  dataset: Dataset,
  split: LabelledSplit,
): Pick<ProbeFigures, 'setting' | 'validation' | 'test'> {
  const figured = found.map(({ setting, validation, test }) => ({
    setting,
    validation: figureRows(dataset, split.labels, split.validation, validation),
    test: figureRows(dataset, split.labels, split.test, test),
  }));
  return pickByValidation(figured);
}
