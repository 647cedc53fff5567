// Owns fine-tuning: a pretrained encoder with a classifier on it, beside the same network from scratch with the same budget. Knows
// nothing of steps.
import { join, resolve } from 'node:path';
import { checkOptions } from '../clip/check-options.js';
import { describeShape } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { viewDataset } from '../dataset/dataset-view.js';
import { writeWhole } from '../dataset/durable-file.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { drawPerClass, type LabelledSplit, splitLabelled } from '../dataset/split-labelled.js';
import { type ClassificationFigures, figureClassification } from '../measures/classification-figures.js';
import { withFamily } from '../model/families.js';
import { initialise } from '../model/initial.js';
import { layoutOfModel } from '../model/layer-decay.js';
import { clipShapeOfModel, type ModelConfig } from '../model/model-config.js';
import { parametersOf } from '../model/parameters.js';
import { loadModel } from '../run/load-model.js';
import { readRunConfig, type RunConfig } from '../run/run-config.js';
import { runNames } from '../run/run-files.js';
import { writeDescription } from '../run/run-folder.js';
import { readWeights, readWeightsOf, writeWeights } from '../run/weights.js';
import { pretrainOn } from '../training/pretrain.js';
import { classesOfRows } from '../training/row-classes.js';
import { classifyRows } from './classify-clips.js';
import {
  type CheckedFinetuneOptions,
  classifierModel,
  type FinetuneOptions,
  finetuneSchema,
  listTrials,
  type StartName,
  type Trial,
  trialConfig,
} from './finetune-options.js';

/** What a training came to. */
export type TrialResult = Trial & {
  readonly validation: ClassificationFigures;
  readonly test: ClassificationFigures;
};

/** What fine-tuning came to. */
export type FinetuneResult = {
  /** The folder of the classifier, as it was given. */
  readonly out: string;
  /** The classes, in the order of the columns. */
  readonly labels: readonly string[];
  /** Clips that were learned from, that chose, and that were measured on. */
  readonly clips: { readonly train: number; readonly validation: number; readonly test: number };
  /** Of each start, the training that validation chose. */
  readonly chosen: { readonly [Start in StartName]?: TrialResult };
  /** All trainings. */
  readonly trials: readonly TrialResult[];
};

/** Where the trainings are kept, and what they came to. */
const names = { trials: 'trials', result: 'finetune.json' } as const;

/**
 * Trains a classifier of labelled clips from a pretrained encoder, and one from scratch, each at several rates of which validation
 * chooses; test clips are measured on once for each. Goes on where it was stopped.
 * @throws {LacunaError} `usage` for wrong options; `input` where the model or the dataset cannot be read, the clips are of another
 * size, or there are fewer than two classes.
 */
export async function finetune(options: FinetuneOptions, controls: JobControls = {}): Promise<FinetuneResult> {
  const checked = checkOptions(finetuneSchema, options, 'finetune');
  controls.signal?.throwIfAborted();
  const dataset = await openDataset(checked.dataset);
  try {
    return await finetuneOn(dataset, checked, controls);
  } finally {
    await dataset.close();
  }
}

async function finetuneOn(
  dataset: Dataset,
  options: CheckedFinetuneOptions,
  controls: JobControls,
): Promise<FinetuneResult> {
  const pretrained = await readPretrained(options.model, dataset);
  const { labels, ...rows } = chooseRows(dataset, options);
  const view = viewDataset(dataset, { train: rows.train, validation: rows.validation });
  const model = classifierModel(pretrained.model, { labels, pooling: options.pooling }, options.dropPath);
  const trials: TrialResult[] = [];
  const planned = listTrials(options, model.family);
  for (const [index, trial] of planned.entries()) {
    const config = trialConfig(options, trial, model, pretrained.preset, view, rows.train.length);
    const folder = join(options.out, names.trials, nameOf(trial));
    const { initial, fingerprint } = await initialWeights(options.model, trial, config);
    const note = `${trial.start} at ${trial.learningRate.toPrecision(2)}, training ${index + 1} of ${planned.length}`;
    const onProgress: JobControls['onProgress'] = (made) =>
      controls.onProgress?.({ ...made, note: [note, made.note].filter(Boolean).join(': ') });
    await pretrainOn(view, { ...config, init: fingerprint }, { out: folder, initial }, { ...controls, onProgress });
    trials.push({ ...trial, ...(await measure(folder, dataset, rows, options, controls)) });
  }
  const chosen = {
    ...choose('pretrained', trials),
    ...choose('scratch', trials),
  };
  const clips = { train: rows.train.length, validation: rows.validation.length, test: rows.test.length };
  const result = { out: options.out, labels, clips, chosen, trials };
  if (chosen.pretrained !== undefined) await keepModel(options.out, chosen.pretrained);
  await writeWhole(options.out, names.result, [`${JSON.stringify(result, undefined, 2)}\n`]);
  return result;
}

async function readPretrained(folder: string, dataset: Dataset): Promise<RunConfig> {
  const config = await readRunConfig(folder);
  if (config === undefined) {
    throw new LacunaError('input', `${folder} is no model: it has no config.json; name a folder that pretrain made.`);
  }
  const [needed, found] = [clipShapeOfModel(config.model), dataset.shape].map(describeShape);
  if (needed !== found) {
    throw new LacunaError(
      'usage',
      `${folder} was trained on clips of ${needed}, and those of ${dataset.folder} are ${found}; prepare them with the same --size and --frames.`,
    );
  }
  return config;
}

/** The split, with as few clips for training and validation as were asked for. */
function chooseRows(
  dataset: Dataset,
  { labelsPerClass, draw, validation, test, seed }: CheckedFinetuneOptions,
): LabelledSplit {
  const split = splitLabelled(dataset.clips, { validation, test, seed });
  if (labelsPerClass === undefined) return split;
  const take = (rows: Int32Array, count: number, side: 0 | 1) =>
    drawPerClass(dataset.clips, rows, count, { seed, draw: 2 * draw + side });
  const mostToChooseBy = Math.min(labelsPerClass, leastOfClass(dataset, split.validation));
  return {
    ...split,
    train: take(split.train, labelsPerClass, 0),
    validation: mostToChooseBy === 0 ? split.validation : take(split.validation, mostToChooseBy, 1),
  };
}

/** How many clips the class with the fewest has. */
function leastOfClass(dataset: Dataset, rows: Int32Array): number {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const label = dataset.clips[row]?.label ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts.size === 0 ? 0 : Math.min(...counts.values());
}

/** A classifier's first weights, with the encoder of the pretrained model where it begins with that. */
async function initialWeights(
  folder: string,
  { start }: Trial,
  { model, layerDecay, seed }: RunConfig,
): Promise<{ readonly initial: Float32Array; readonly fingerprint: string | null }> {
  const layout = layoutOfModel(model, layerDecay);
  const initial = initialise(parametersOf(model), layout, seed);
  if (start === 'scratch') return { initial, fingerprint: null };
  const { encoder } = withFamily(model, (family, own) => family.parameters(own));
  const encoderNames = new Set(encoder.map(({ name }) => name));
  return { initial, fingerprint: await readWeightsOf(folder, layout, encoderNames, initial) };
}

async function measure(
  folder: string,
  dataset: Dataset,
  rows: Pick<LabelledSplit, 'validation' | 'test'>,
  { engine, device, threads }: CheckedFinetuneOptions,
  controls: JobControls,
): Promise<Pick<TrialResult, 'validation' | 'test'>> {
  const { config, compute } = await loadModel(folder, { engine, device, threads });
  try {
    const figuresOf = async (own: Int32Array) =>
      figureRows(config.model, dataset, own, await classifyRows(compute, dataset, own, controls));
    return { validation: await figuresOf(rows.validation), test: await figuresOf(rows.test) };
  } finally {
    await compute.close();
  }
}

function figureRows(
  model: ModelConfig,
  dataset: Dataset,
  rows: Int32Array,
  probabilities: readonly Float32Array[],
): ClassificationFigures {
  const truths = classesOfRows(model, dataset, rows) ?? new Int32Array(0);
  const clips = probabilities.map((own, place) => ({
    video: dataset.clips[rows[place] ?? -1]?.video ?? '',
    truth: truths[place] ?? -1,
    probabilities: own,
  }));
  return figureClassification(clips, model.classifier?.labels.length ?? 0);
}

/** The training of a start that validation finds best: the most videos right, and of those the least loss. */
function choose(start: StartName, trials: readonly TrialResult[]): { readonly [Start in StartName]?: TrialResult } {
  const own = trials.filter((trial) => trial.start === start);
  const [first, ...others] = own;
  if (first === undefined) return {};
  const best = others.reduce((before, now) => {
    const gain = now.validation.balancedAccuracy - before.validation.balancedAccuracy;
    return gain > 0 || (gain === 0 && now.validation.loss < before.validation.loss) ? now : before;
  }, first);
  return { [start]: best };
}

/** Puts the model of a training where the classifier is to be. */
async function keepModel(out: string, trial: Trial): Promise<void> {
  const folder = join(out, names.trials, nameOf(trial));
  const config = await readRunConfig(folder);
  if (config === undefined)
    throw new LacunaError('input', `${resolve(folder, runNames.config)} is gone; run it again.`);
  const layout = layoutOfModel(config.model, config.layerDecay);
  await writeWeights(out, layout, (await readWeights(folder, layout)).parameters);
  await writeDescription(out, config);
}

function nameOf({ start, learningRate }: Trial): string {
  return `${start}-${learningRate.toPrecision(3)}`;
}
