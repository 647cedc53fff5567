// Owns the measuring of a model on clips that it was not trained on, beside all trivial fills. Knows nothing of how figures are
// shown.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength, describeShape } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { splitByVideo } from '../dataset/split.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { pixelMask } from '../masking/hidden-pixels.js';
import { formatHide, type HideExpression, parseHide } from '../masking/hide-expression.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { planMask } from '../masking/plan-mask.js';
import { sumErrors } from '../measures/image-metrics.js';
import { createMeanFrame } from '../measures/mean-frame.js';
import type { Figures } from '../measures/figures.js';
import { createScore, type Score } from '../measures/score.js';
import { fillNames, trivialFills } from '../measures/trivial-fills.js';
import { clipShapeOfModel, gridOfModel } from '../model/model-config.js';
import { type LoadedModel, loadModel, type LoadOptions } from '../run/load-model.js';
import { fillClips } from './fill-clips.js';

/** What is measured. */
export type EvaluateOptions = LoadOptions & {
  /** A run folder. */
  readonly model: string;
  /** A dataset folder. Where the model was trained on it, only the videos kept for validation are used. */
  readonly dataset: string;
  /** What is hidden; each is measured by itself. */
  readonly hide: readonly string[];
  /** At most so many clips, spread evenly over all. Default 64. */
  readonly clips?: number | undefined;
  /** Decides what random masks hide, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
};

/** The figures of one way to hide. */
export type Evaluation = {
  /** What was hidden, as it would be written. */
  readonly hide: string;
  /** How many clips were filled in. */
  readonly clips: number;
  /** The model's figures first (`model`), then those of every trivial fill that applies. */
  readonly figures: readonly ({ readonly name: string } & Figures)[];
};

/** An evaluation and the clip of median error, for a picture that is neither the best nor the worst. */
export type EvaluationWithExample = Evaluation & {
  readonly example: {
    /** The row of the dataset. */
    readonly row: number;
    readonly plan: MaskPlan;
    /** `uint8 [T, H, W, 3]`. */
    readonly truth: Uint8Array;
    /** Float32, 0 to 255. */
    readonly filled: Float32Array;
  };
};

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  dataset: z.string().min(1),
  hide: z.array(z.string()).min(1),
  clips: z.int().min(1).default(64),
  seed: z.int().min(0).default(0),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/** Clips that the mean training frame is taken over at most, spread evenly. */
const meanFrameClips = 1024;

/** Clips that are in memory at once. */
const clipsAtOnce = 8;

/**
 * Measures how well a model fills in, beside all trivial fills.
 * @throws {LacunaError} `usage` where the dataset does not fit the model or what is hidden does not fit the clips; `input` where
 * there are no clips that the model was not trained on.
 */
export async function evaluate(options: EvaluateOptions, controls: JobControls = {}): Promise<readonly Evaluation[]> {
  const {
    model: folder,
    dataset: data,
    engine,
    device,
    threads,
    hide,
    clips,
    seed,
  } = checkOptions(optionsSchema, options, 'evaluate');
  const hides = hide.map(parseHide);
  controls.signal?.throwIfAborted();
  const model = await loadModel(folder, { engine, device, threads });
  try {
    const dataset = await openDataset(data);
    try {
      const evaluations = await evaluateOn(model, dataset, hides, { clips, seed }, controls);
      return evaluations.map(({ hide: text, clips: count, figures }) => ({ hide: text, clips: count, figures }));
    } finally {
      await dataset.close();
    }
  } finally {
    await model.compute.close();
  }
}

/** As {@link evaluate}, with a model and a dataset that are open. */
export async function evaluateOn(
  model: LoadedModel,
  dataset: Dataset,
  hides: readonly HideExpression[],
  { clips, seed }: { readonly clips: number; readonly seed: number },
  { signal, onProgress }: JobControls,
): Promise<readonly EvaluationWithExample[]> {
  const shape = clipShapeOfModel(model.config.model);
  if (describeShape(shape) !== describeShape(dataset.shape)) {
    throw new LacunaError(
      'usage',
      `The model reads clips of ${describeShape(shape)}, and ${dataset.folder} has clips of ${describeShape(dataset.shape)}; prepare a dataset of the model's size.`,
    );
  }
  const { training, heldOut } = splitForModel(model, dataset);
  const rows = spread(heldOut, clips);
  const meanFrame = await meanTrainingFrame(dataset, training, signal);
  const evaluations: EvaluationWithExample[] = [];
  for (const [index, hide] of hides.entries()) {
    const onClip = (done: number) =>
      onProgress?.({
        unit: 'clips',
        done: index * rows.length + done,
        total: hides.length * rows.length,
        note: formatHide(hide),
      });
    evaluations.push(await evaluateHide(model, dataset, hide, rows, { seed, meanFrame, signal, onClip }));
  }
  return evaluations;
}

/** Which clips of a dataset a model was trained on, and which it was not. */
export function splitForModel(
  { config, folder }: LoadedModel,
  dataset: Dataset,
): { readonly training: Int32Array; readonly heldOut: Int32Array } {
  const all = Int32Array.from(dataset.clips.keys());
  if (config.data.fingerprint !== dataset.fingerprint) return { training: all, heldOut: all };
  const { train, validation } = splitByVideo(dataset, { validation: config.data.validation, seed: config.seed });
  if (validation.length > 0) return { training: train, heldOut: validation };
  throw new LacunaError(
    'input',
    `${folder} was trained on all clips of ${dataset.folder}, so that nothing can be measured on it; name a dataset of other videos.`,
  );
}

async function evaluateHide(
  model: LoadedModel,
  dataset: Dataset,
  hide: HideExpression,
  rows: Int32Array,
  {
    seed,
    meanFrame,
    signal,
    onClip,
  }: {
    readonly seed: number;
    readonly meanFrame: Float32Array;
    readonly signal: AbortSignal | undefined;
    readonly onClip: (done: number) => void;
  },
): Promise<EvaluationWithExample> {
  const grid = gridOfModel(model.config.model);
  const length = clipLength(dataset.shape);
  const planOf = (sample: number) => planMask(hide, grid, { seed, step: 0, sample });
  const applicable = fillNames.filter((name) => trivialFills[name].appliesTo(planOf(0)));
  const scores = new Map<string, Score>(['model', ...applicable].map((name) => [name, createScore(dataset.shape)]));
  const examples: (EvaluationWithExample['example'] & { readonly error: number })[] = [];
  for (let start = 0; start < rows.length; start += clipsAtOnce) {
    signal?.throwIfAborted();
    const part = rows.subarray(start, start + clipsAtOnce);
    const pixels = new Uint8Array(part.length * length);
    await dataset.readClips(part, pixels);
    const clips = Array.from(part, (_, index) => pixels.subarray(index * length, (index + 1) * length));
    const plans = clips.map((_, index) => planOf(start + index));
    const filled = await fillClips(model, clips, plans);
    for (const [index, truth] of clips.entries()) {
      const [plan, ours] = [plans[index], filled[index]];
      if (plan === undefined || ours === undefined) throw new RangeError(`clip ${index} was not filled in`);
      const mask = pixelMask(plan);
      scores.get('model')?.add(truth, ours, mask);
      for (const name of applicable) {
        const fill = await trivialFills[name].fill(truth, plan, { meanFrame, signal });
        scores.get(name)?.add(truth, fill, mask);
      }
      const { squared, values } = sumErrors(truth, ours, {
        start: 0,
        end: length,
        channels: dataset.shape.channels,
        mask,
      });
      examples.push({ row: part[index] ?? 0, plan, truth, filled: ours, error: squared / values });
      onClip(start + index + 1);
      signal?.throwIfAborted();
    }
  }
  examples.sort((one, other) => one.error - other.error);
  const example = examples[examples.length >> 1];
  if (example === undefined) throw new RangeError('there is no clip to measure on');
  const figures = [...scores].map(([name, score]) => ({ name, ...score.result() }));
  return { hide: formatHide(hide), clips: rows.length, figures, example };
}

async function meanTrainingFrame(
  dataset: Dataset,
  training: Int32Array,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const mean = createMeanFrame(dataset.shape);
  const clip = new Uint8Array(clipLength(dataset.shape));
  for (const row of spread(training, meanFrameClips)) {
    signal?.throwIfAborted();
    await dataset.readClips([row], clip);
    mean.add(clip);
  }
  return mean.result();
}

/** At most so many of the rows, evenly spread. */
function spread(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from({ length: most }, (_, index) => rows[Math.floor((index * rows.length) / most)] ?? 0);
}
