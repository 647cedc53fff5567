// Owns the measuring of a model on clips that it was not trained on, beside all trivial fills. Knows nothing of how figures are
// shown.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength, describeShape } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { splitByVideo } from '../dataset/split.js';
import { spreadRows } from '../dataset/spread-rows.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { formatHide, type HideExpression, parseHide } from '../masking/hide-expression.js';
import { planCounts, planMask } from '../masking/plan-mask.js';
import type { Figures } from '../measures/figures.js';
import { createMeanFrame } from '../measures/mean-frame.js';
import { clipShapeOfModel, gridOfModel } from '../model/model-config.js';
import { checkFills, type LoadedModel, loadModel, type LoadOptions } from '../run/load-model.js';
import { type FilledClip, fillOne, type FillRows } from './filled-parts.js';
import { type Measured, measureHide } from './measure-hide.js';

/** What is measured. */
export type EvaluateOptions = LoadOptions & {
  /** A run folder. */
  readonly model: string;
  /** A dataset folder. Where the model was trained on it, only the videos kept for validation are used; of another, all clips. */
  readonly dataset: string;
  /** What is hidden; each is measured by itself. */
  readonly hide: readonly string[];
  /** At most so many clips, spread evenly over all; or all of them. Default 64. */
  readonly clips?: number | 'all' | undefined;
  /** Only the clips that the dataset's own splits keep for the test. Default false. */
  readonly test?: boolean | undefined;
  /** Decides what random masks hide, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
};

/** The figures of one way to hide. */
export type Evaluation = {
  /** What was hidden, as it would be written. */
  readonly hide: string;
  /**
   * Which clips they are: those kept for validation of the dataset that the model was trained on, those that a dataset keeps for
   * the test, or all of another dataset, whose videos must be others.
   */
  readonly part: 'validation' | 'test' | 'all';
  /** How many clips were filled in. */
  readonly clips: number;
  /** From how many videos, or groups of videos where the dataset has them. */
  readonly sources: number;
  /** The model's figures first (`model`), then those of every trivial fill that applies. */
  readonly figures: readonly ({ readonly name: string } & Figures)[];
};

/** An evaluation and the clip of median error, for a picture that is neither the best nor the worst. */
export type EvaluationWithExample = Evaluation & { readonly example: FilledClip };

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  dataset: z.string().min(1),
  hide: z.array(z.string()).min(1),
  clips: z.union([z.int().min(1), z.literal('all')], { error: 'must be a whole number from 1, or all' }).default(64),
  test: z.boolean().default(false),
  seed: z.int().min(0).default(0),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/** Clips that the mean training frame is taken over at most, spread evenly. */
const meanFrameClips = 1024;

/**
 * Measures how well a model fills in, beside all trivial fills.
 * @throws {LacunaError} `usage` where the dataset does not fit the model or what is hidden does not fit the clips; `input` where
 * there are no clips that the model was not trained on.
 */
export async function evaluate(options: EvaluateOptions, controls: JobControls = {}): Promise<readonly Evaluation[]> {
  const checked = checkOptions(optionsSchema, options, 'evaluate');
  const { model: folder, dataset: data, engine, device, threads, hide, ...choice } = checked;
  const hides = hide.map(parseHide);
  controls.signal?.throwIfAborted();
  const model = await loadModel(folder, { engine, device, threads });
  try {
    checkFills(model);
    const dataset = await openDataset(data);
    try {
      const measured = await measureAll(model, dataset, hides, choice, controls);
      return measured.map(({ evaluation }) => evaluation);
    } finally {
      await dataset.close();
    }
  } finally {
    await model.compute.close();
  }
}

/** Which clips are measured on. */
export type ClipChoice = Pick<z.output<typeof optionsSchema>, 'clips' | 'seed'> & { readonly test?: boolean };

/** As {@link evaluate}, with a model and a dataset that are open. */
export async function evaluateOn(
  model: LoadedModel,
  dataset: Dataset,
  hides: readonly HideExpression[],
  choice: ClipChoice,
  controls: JobControls,
): Promise<readonly EvaluationWithExample[]> {
  const evaluations: EvaluationWithExample[] = [];
  for (const { evaluation, given, median } of await measureAll(model, dataset, hides, choice, controls)) {
    controls.signal?.throwIfAborted();
    evaluations.push({ ...evaluation, example: await fillOne(given, median) });
  }
  return evaluations;
}

async function measureAll(
  model: LoadedModel,
  dataset: Dataset,
  hides: readonly HideExpression[],
  { clips, seed, test = false }: ClipChoice,
  { signal, onProgress }: JobControls,
): Promise<readonly { evaluation: Evaluation; given: FillRows; median: Measured['median'] }[]> {
  const shape = clipShapeOfModel(model.config.model);
  if (describeShape(shape) !== describeShape(dataset.shape)) {
    throw new LacunaError(
      'usage',
      `The model reads clips of ${describeShape(shape)}, and ${dataset.folder} has clips of ${describeShape(dataset.shape)}; prepare a dataset of the model's size.`,
    );
  }
  const grid = gridOfModel(model.config.model);
  for (const hide of hides) planCounts(hide, grid);
  const { training, heldOut, part } = splitForModel(model, dataset, test);
  const rows = clips === 'all' ? heldOut : spreadRows(heldOut, clips);
  const context = { meanFrame: await meanTrainingFrame(dataset, training, signal), signal };
  const measured: { evaluation: Evaluation; given: FillRows; median: Measured['median'] }[] = [];
  for (const [index, hide] of hides.entries()) {
    const text = formatHide(hide);
    const total = hides.length * rows.length;
    const onClip = (done: number) =>
      onProgress?.({ unit: 'clips', done: index * rows.length + done, total, note: text });
    const planOf = (sample: number) => planMask(hide, grid, { seed, step: 0, sample });
    const given: FillRows = { model, dataset, rows, planOf };
    const { sources, figures, median } = await measureHide(given, context, onClip);
    measured.push({ evaluation: { hide: text, part, clips: rows.length, sources, figures }, given, median });
  }
  return measured;
}

/**
 * Which clips of a dataset a model was trained on, and which it was not; with `test` those that the dataset keeps for the test.
 * @throws {LacunaError} `input` where there are none that it was not trained on.
 */
export function splitForModel(
  { config, folder }: LoadedModel,
  dataset: Dataset,
  test = false,
): { readonly training: Int32Array; readonly heldOut: Int32Array; readonly part: Evaluation['part'] } {
  const isOwn = config.data.fingerprint === dataset.fingerprint;
  const all = Int32Array.from(dataset.clips.keys());
  const { train, validation } = isOwn
    ? splitByVideo(dataset, { validation: config.data.validation, seed: config.seed })
    : { train: all, validation: all };
  if (test) {
    const heldOut = all.filter((row) => dataset.clips[row]?.split === 'test');
    const others = train.filter((row) => dataset.clips[row]?.split !== 'test');
    if (heldOut.length > 0) return { training: others.length > 0 ? others : heldOut, heldOut, part: 'test' };
    throw new LacunaError(
      'input',
      `${dataset.folder} has no clips for the test; prepare it with labels that have a column split, or leave out --test.`,
    );
  }
  if (validation.length > 0) return { training: train, heldOut: validation, part: isOwn ? 'validation' : 'all' };
  throw new LacunaError(
    'input',
    isOwn
      ? `${folder} was trained on all clips of ${dataset.folder}, so that nothing can be measured on it; name a dataset of other videos.`
      : `${dataset.folder} has no clips to measure on; prepare it from other videos.`,
  );
}

async function meanTrainingFrame(
  dataset: Dataset,
  training: Int32Array,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const mean = createMeanFrame(dataset.shape);
  const clip = new Uint8Array(clipLength(dataset.shape));
  for (const row of spreadRows(training, meanFrameClips)) {
    signal?.throwIfAborted();
    await dataset.readClips([row], clip);
    mean.add(clip);
  }
  return mean.result();
}
