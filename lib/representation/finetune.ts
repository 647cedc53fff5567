// Owns fine-tuning: a pretrained encoder with a classifier on it, beside the same network from scratch with the same budget. Knows
// nothing of steps.
import { join } from 'node:path';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { viewDataset } from '../dataset/dataset-view.js';
import { writeWhole } from '../dataset/durable-file.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { drawFewRows, type LabelledSplit, splitLabelled } from '../dataset/split-labelled.js';
import { type ClassificationFigures, pickByValidation } from '../measures/classification-figures.js';
import { loadModel } from '../run/load-model.js';
import { readModelConfig, readRunConfig, type RunConfig } from '../run/run-config.js';
import { pretrainOn } from '../training/pretrain.js';
import { classifyRows } from './classify-clips.js';
import { checkClipsOfModel, figureRows } from './clips-of-model.js';
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
import { noticePretrained } from './notice-pretrained.js';

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
  await checkOut(checked.out);
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
  const { labels, ...rows } = drawFewRows(dataset.clips, splitLabelled(dataset.clips, options), options);
  noticePretrained(pretrained, dataset, rows.test, controls);
  const view = viewDataset(dataset, { train: rows.train, validation: rows.validation });
  const model = classifierModel(pretrained.model, { labels, pooling: options.pooling }, options.dropPath);
  // Only now: it loads tfjs.
  const { keepModel, firstWeights } = await import('./classifier-weights.js');
  const trials: TrialResult[] = [];
  const planned = listTrials(options, model.family);
  for (const [index, trial] of planned.entries()) {
    const config = trialConfig(options, trial, model, pretrained.preset, view, rows.train.length);
    const folder = join(options.out, names.trials, nameOf(trial));
    const { initial, fingerprint } = await firstWeights(
      trial.start === 'pretrained' ? options.model : undefined,
      config,
    );
    const note = `${trial.start} at ${trial.learningRate.toPrecision(2)}, training ${index + 1} of ${planned.length}`;
    const onProgress: JobControls['onProgress'] = (made) =>
      controls.onProgress?.({ ...made, note: [note, made.note].filter(Boolean).join(': ') });
    await pretrainOn(view, { ...config, init: fingerprint }, { out: folder, initial }, { ...controls, onProgress });
    trials.push({ ...trial, ...(await measure(folder, dataset, rows, options, controls)) });
  }
  const chosen = { ...choose('pretrained', trials), ...choose('scratch', trials) };
  const clips = { train: rows.train.length, validation: rows.validation.length, test: rows.test.length };
  const result = { out: options.out, labels, clips, chosen, trials };
  if (chosen.pretrained !== undefined) {
    await keepModel(join(options.out, names.trials, nameOf(chosen.pretrained)), options.out);
  }
  await writeWhole(options.out, names.result, [`${JSON.stringify(result, undefined, 2)}\n`]);
  return result;
}

/** @throws {LacunaError} `usage` where the folder holds a model that the classifier would replace. */
async function checkOut(out: string): Promise<void> {
  const found = await readRunConfig(out);
  if (found === undefined || found.model.classifier !== undefined) return;
  throw new LacunaError('usage', `--out ${out} holds a model that fills clips in; name a folder of its own.`);
}

async function readPretrained(folder: string, dataset: Dataset): Promise<RunConfig> {
  const config = await readModelConfig(folder);
  checkClipsOfModel(folder, config.model, dataset);
  return config;
}

async function measure(
  folder: string,
  dataset: Dataset,
  rows: Pick<LabelledSplit, 'validation' | 'test'>,
  { engine, device, threads }: CheckedFinetuneOptions,
  controls: JobControls,
): Promise<Pick<TrialResult, 'validation' | 'test'>> {
  const model = await loadModel(folder, { engine, device, threads });
  try {
    const figuresOf = async (own: Int32Array) =>
      figureRows(
        dataset,
        model.config.model.classifier?.labels ?? [],
        own,
        await classifyRows(model, dataset, own, controls),
      );
    return { validation: await figuresOf(rows.validation), test: await figuresOf(rows.test) };
  } finally {
    await model.compute.close();
  }
}

/** The training of a start that validation finds best. */
function choose(start: StartName, trials: readonly TrialResult[]): { readonly [Start in StartName]?: TrialResult } {
  const own = trials.filter((trial) => trial.start === start);
  return own.length === 0 ? {} : { [start]: pickByValidation(own) };
}

function nameOf({ start, learningRate }: Trial): string {
  return `${start}-${learningRate.toPrecision(3)}`;
}
