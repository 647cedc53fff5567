// Owns the options of `pretrain`: their ranges and defaults. Knows nothing of the work.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { type PrepareOptions, streamOptionsSchema } from '../dataset/prepare-options.js';
import { type DeviceName, deviceNames } from '../engine/device-names.js';
import { type EngineName, engineNames } from '../engine/engine-names.js';
import { formatHide, parseHide } from '../masking/hide-expression.js';
import { createMaskMix } from '../masking/mask-mix.js';
import { planCounts } from '../masking/plan-mask.js';
import { type FamilyName, gridOfModel } from '../model/model-config.js';
import { resolvePreset } from '../model/presets.js';
import { type ObjectiveName, objectiveNames } from '../objectives/objective-names.js';
import type { RunConfig } from '../run/run-config.js';

/** How videos are read that are not prepared; all as in `prepare`. */
export type StreamOptions = Pick<
  PrepareOptions,
  'size' | 'fps' | 'frames' | 'stride' | 'hop' | 'fit' | 'jobs' | 'timeoutSeconds'
>;

/** What is trained, on what, and for how long. */
export type PretrainOptions = {
  /** A folder that `prepare` made; with `stream` a video or a folder of videos. */
  readonly dataset: string;
  /**
   * Read the clips out of the videos as they are needed, prepared in this way, instead of out of a prepared dataset: the same clips
   * in the same order. An index of them is made first, in the folder `stream` of the run. Default: not.
   */
  readonly stream?: StreamOptions | undefined;
  /** The run folder; made where it is missing, continued where it was made with the same options. */
  readonly out: string;
  /** What is hidden, such as `future:8`; several make a mix. At least one. */
  readonly hide: readonly string[];
  /** How often each of them is drawn; need not sum to 1. Default: evenly. */
  readonly weights?: readonly number[] | undefined;
  /**
   * The share of the hidden tokens that is scored, above 0 to 1: the network fills in just those, chosen by running cell, and the
   * others are unused (dual masking). Default 1: all.
   */
  readonly score?: number | undefined;
  /** The network. Default `conv-tiny`. */
  readonly preset?: string | undefined;
  /** What is minimised. Default `reconstruction`. */
  readonly objective?: ObjectiveName | undefined;
  /** The part of the dataset, whole videos, that is kept for validation, in [0, 0.9]. Default 0.1. */
  readonly validation?: number | undefined;
  /** End after so many steps; at most one of `steps`, `epochs` and `minutes`. Default: 10 minutes. */
  readonly steps?: number | undefined;
  /** End after the training clips were seen so often. */
  readonly epochs?: number | undefined;
  /** End after so many minutes of training. The weights then depend on the speed of the machine. */
  readonly minutes?: number | undefined;
  /** Clips of one step. Default 8. */
  readonly batch?: number | undefined;
  /** Mirror every second clip, at random, left to right. Default true. */
  readonly flip?: boolean | undefined;
  /**
   * Cut a part out of each clip, at random, the same for all its frames, and bring it to the full size: the least part of the
   * picture's area, above 0 to 1; 0.5 is usual. Default 1: nothing is cut out.
   */
  readonly crop?: number | undefined;
  /** How far brightness, contrast and saturation of each clip may lie from 1, at random, 0 to 1. Default 0: they are left alone. */
  readonly colour?: number | undefined;
  /**
   * How many clips of a step come from one clip of the dataset, each cropped, mirrored and hidden in its own way; `batch` is a
   * multiple of it. Default 1.
   */
  readonly repeat?: number | undefined;
  /** The highest learning rate. Default: 2e-3 for `conv`, 5e-4 for `vit`. */
  readonly learningRate?: number | undefined;
  /** What all random choices follow from, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
  /** Default `onnx`. */
  readonly engine?: EngineName | undefined;
  /** What it computes on. Default `cpu`. */
  readonly device?: DeviceName | undefined;
  /** Threads of the mathematics. Default: all cores. */
  readonly threads?: number | undefined;
  /** Replace a run that is there; only what Lacuna made is removed. Default false. */
  readonly overwrite?: boolean | undefined;
};

const optionsSchema = z.strictObject({
  dataset: z.string().min(1),
  stream: streamOptionsSchema.optional(),
  out: z.string().min(1),
  hide: z.array(z.string()),
  weights: z.array(z.number()).optional(),
  score: z.number().gt(0).max(1).default(1),
  preset: z.string().default('conv-tiny'),
  objective: z.enum(objectiveNames).default('reconstruction'),
  validation: z.number().min(0).max(0.9).default(0.1),
  steps: z.int().min(1).optional(),
  epochs: z.number().positive().optional(),
  minutes: z.number().positive().optional(),
  batch: z.int().min(1).max(4096).default(8),
  flip: z.boolean().default(true),
  crop: z.number().gt(0).max(1).default(1),
  colour: z.number().min(0).max(1).default(0),
  repeat: z.int().min(1).max(4096).default(1),
  learningRate: z.number().positive().optional(),
  seed: z.int().min(0).default(0),
  engine: z.enum(engineNames).default('onnx'),
  device: z.enum(deviceNames).default('cpu'),
  threads: z.int().min(1).max(1024).optional(),
  overwrite: z.boolean().default(false),
});

/** The options with every default in its place that does not depend on the dataset. */
export type CheckedPretrainOptions = Readonly<z.output<typeof optionsSchema>>;

const defaultMinutes = 10;
const learningRates: { readonly [Name in FamilyName]: number } = { conv: 2e-3, vit: 5e-4 };

/** @throws {LacunaError} `usage` where an option is unknown or out of its range. */
export function checkPretrainOptions(options: PretrainOptions): CheckedPretrainOptions {
  const checked = checkOptions(optionsSchema, options, 'pretrain');
  const given = (['steps', 'epochs', 'minutes'] as const).filter((unit) => checked[unit] !== undefined);
  if (given.length > 1) {
    throw new LacunaError('usage', `Give only one of --${given.join(' and --')}: each says when the training ends.`);
  }
  if (checked.batch % checked.repeat !== 0) {
    const { batch, repeat } = checked;
    throw new LacunaError('usage', `--batch must be a multiple of --repeat: ${batch} is none of ${repeat}.`);
  }
  return checked;
}

/**
 * The run's whole configuration for a dataset.
 * @throws {LacunaError} `usage` where the preset or what is hidden does not fit the dataset.
 */
export function resolveRunConfig(options: CheckedPretrainOptions, dataset: Dataset, folder: string): RunConfig {
  const { steps, epochs, minutes = defaultMinutes } = options;
  const model = resolvePreset(options.preset, dataset.shape);
  const hides = options.hide.map(parseHide);
  const { weights } = createMaskMix(hides, options.weights);
  const grid = gridOfModel(model);
  for (const hide of hides) planCounts(hide, grid, { score: options.score });
  const duration: RunConfig['duration'] =
    steps !== undefined
      ? { unit: 'steps', amount: steps }
      : epochs !== undefined
        ? { unit: 'epochs', amount: epochs }
        : { unit: 'minutes', amount: minutes };
  return {
    version: 1,
    preset: options.preset,
    model,
    objective: options.objective,
    hide: hides.map(formatHide),
    weights: [...weights],
    score: options.score,
    duration,
    batch: options.batch,
    flip: options.flip,
    crop: options.crop,
    colour: options.colour,
    repeat: options.repeat,
    learningRate: options.learningRate ?? learningRates[model.family],
    warmUpSteps: 30,
    weightDecay: 0.05,
    beta1: 0.9,
    beta2: 0.95,
    clipNorm: 1,
    seed: options.seed,
    engine: options.engine,
    device: options.device,
    threads: options.threads ?? null,
    data: {
      folder,
      fingerprint: dataset.fingerprint,
      validation: options.validation,
      fps: dataset.fps,
      stride: dataset.stride,
      fit: dataset.fit,
    },
  };
}
