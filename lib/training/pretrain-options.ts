// Owns the options of `pretrain`: their ranges and defaults. Knows nothing of the work.
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { type PrepareOptions, streamOptionsSchema } from '../dataset/prepare-options.js';
import { type DeviceName, deviceNames } from '../engine/device-names.js';
import { type EngineName, engineNames } from '../engine/engine-names.js';
import { type OptimiserName, optimiserNames } from '../engine/optimiser-names.js';
import { formatHide, parseHide } from '../masking/hide-expression.js';
import { createMaskMix } from '../masking/mask-mix.js';
import { planCounts } from '../masking/plan-mask.js';
import { type FamilyName, gridOfModel } from '../model/model-config.js';
import { chooseModel, type ModelOptions, modelOptionsFields } from '../model/model-options.js';
import { resolvePreset } from '../model/presets.js';
import { checkLoss, comparesClips, defaultLoss, formatLoss, parseLoss } from '../objectives/loss-expression.js';
import { type PretrainingName, pretrainingNames } from '../objectives/objective-names.js';
import { keptCheckpoints } from '../run/checkpoint.js';
import { type RunConfig, scheduleNames } from '../run/run-config.js';

/** How videos are read that are not prepared; all as in `prepare`. */
export type StreamOptions = Pick<
  PrepareOptions,
  'size' | 'fps' | 'frames' | 'stride' | 'hop' | 'fit' | 'grey' | 'jobs' | 'timeoutSeconds'
>;

/** What is trained, on what, and for how long. */
export type PretrainOptions = ModelOptions & {
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
  readonly objective?: PretrainingName | undefined;
  /**
   * What of a filled-in clip is minimised: `mse` or `l1`, and behind it `+gradient:w`, `+ssim:w` and `+contrast:w`, w the weight of the
   * term. `contrast` needs `repeat`. Default `mse`.
   */
  readonly loss?: string | undefined;
  /** The part of the dataset, whole videos, that is kept for validation, in [0, 0.9]. Default 0.1. */
  readonly validation?: number | undefined;
  /** End after so many steps; at most one of `steps`, `epochs` and `minutes`. Default: 10 minutes. */
  readonly steps?: number | undefined;
  /** End after the training clips were seen so often. */
  readonly epochs?: number | undefined;
  /** End after so many minutes of training. The weights then depend on the speed of the machine. */
  readonly minutes?: number | undefined;
  /**
   * Clips of one micro-batch; `auto` chooses by a short measurement at the start the smallest that is about as quick for each clip
   * as any that fits the memory. Default 8.
   */
  readonly batch?: number | 'auto' | undefined;
  /** Micro-batches of one step, each of one kind of mask, whose gradients are averaged, 1 to 4096. Default 1. */
  readonly accumulate?: number | undefined;
  /** Mirror every second clip, at random, left to right. Default true. */
  readonly flip?: boolean | undefined;
  /**
   * Cut a part out of each clip, at random, the same for all its frames, and bring it to the full size: the least part of the
   * picture's area, above 0 to 1; 0.5 is usual. Default 1: nothing is cut out.
   */
  readonly crop?: number | undefined;
  /** How far brightness, contrast and saturation of each clip may lie from 1, at random, 0 to 1. Default 0: they are left alone. */
  readonly colour?: number | undefined;
  /** How far the hues of each clip may be turned, at random, in parts of the whole circle, 0 to 0.5. Default 0: they are left alone. */
  readonly hue?: number | undefined;
  /**
   * How many clips of a step come from one clip of the dataset, each cropped, mirrored and hidden in its own way; `batch` is a
   * multiple of it. Default 1.
   */
  readonly repeat?: number | undefined;
  /** The highest learning rate. Default: 2e-3 for `conv`, 5e-4 for `vit`. */
  readonly learningRate?: number | undefined;
  /** Steps in which the rate rises from almost 0, from 0. Default 30. */
  readonly warmUp?: number | undefined;
  /** What the rate does then: fall along half a `cosine`, or stay `constant`. Default `cosine`. */
  readonly schedule?: (typeof scheduleNames)[number] | undefined;
  /** The rate that the cosine ends at, 0 up to `learningRate`. Default 0. */
  readonly minLearningRate?: number | undefined;
  /** Decoupled decay: each step shrinks the weights by this times the rate, 0 to 10. Default 0.05. */
  readonly weightDecay?: number | undefined;
  /** `muon` moves the matrices between the first and the last layer along orthogonal directions, and all else as `adamw`, the default. */
  readonly optimizer?: OptimiserName | undefined;
  /** The part of AdamW's old mean of squares that stays at each step, 0 to below 1. Default 0.95. */
  readonly beta2?: number | undefined;
  /** Gradients are scaled down to this L2 norm over all parameters, above 0. Default 1. */
  readonly clipNorm?: number | undefined;
  /**
   * Keep a moving average of the weights and make that the model: the part of the old average that stays at each step, 0 to below 1;
   * 0.999 is usual. Default 0: no average.
   */
  readonly average?: number | undefined;
  /**
   * Steps from one measurement on held-out clips to the next, from 1; 0 is never. Default: twenty in a run, at least 100 steps apart,
   * or 10 seconds in a run of so many minutes, and so that they take at most about a 25th of the time.
   */
  readonly validateEvery?: number | undefined;
  /** End after so many measurements without a better one, with the model of the best, from 1. Default: never. */
  readonly patience?: number | undefined;
  /** How many of the newest checkpoints stay, from 1. Default 2. */
  readonly keep?: number | undefined;
  /** A run folder whose weights it begins with; of the same network. Default: random weights. */
  readonly init?: string | undefined;
  /** The rate of each layer of the encoder, in parts of that of the next, above 0 to 1. Default 1: all learn alike. */
  readonly layerDecay?: number | undefined;
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
  ...modelOptionsFields,
  objective: z.enum(pretrainingNames).default('reconstruction'),
  loss: z.string().default(formatLoss(defaultLoss)),
  validation: z.number().min(0).max(0.9).default(0.1),
  steps: z.int().min(1).optional(),
  epochs: z.number().positive().optional(),
  minutes: z.number().positive().optional(),
  batch: z.union([z.int().min(1).max(4096), z.literal('auto')]).default(8),
  accumulate: z.int().min(1).max(4096).default(1),
  flip: z.boolean().default(true),
  crop: z.number().gt(0).max(1).default(1),
  colour: z.number().min(0).max(1).default(0),
  hue: z.number().min(0).max(0.5).default(0),
  repeat: z.int().min(1).max(4096).default(1),
  learningRate: z.number().positive().optional(),
  warmUp: z.int().min(0).default(30),
  schedule: z.enum(scheduleNames).default('cosine'),
  minLearningRate: z.number().min(0).default(0),
  weightDecay: z.number().min(0).max(10).default(0.05),
  optimizer: z.enum(optimiserNames).default('adamw'),
  beta2: z.number().min(0).lt(1).default(0.95),
  clipNorm: z.number().positive().default(1),
  average: z.number().min(0).lt(1).default(0),
  validateEvery: z.int().min(0).optional(),
  patience: z.int().min(1).optional(),
  keep: z.int().min(1).max(1000).default(keptCheckpoints),
  init: z.string().min(1).optional(),
  layerDecay: z.number().gt(0).max(1).default(1),
  seed: z.int().min(0).default(0),
  engine: z.enum(engineNames).default('onnx'),
  device: z.enum(deviceNames).default('cpu'),
  threads: z.int().min(1).max(1024).optional(),
  overwrite: z.boolean().default(false),
});

/** Clips of one micro-batch where their number is still to be chosen. */
const firstBatch = 8;

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
  const { batch, repeat, patience, validateEvery, schedule, minLearningRate } = checked;
  if (batch !== 'auto' && batch % repeat !== 0) {
    throw new LacunaError('usage', `--batch must be a multiple of --repeat: ${batch} is none of ${repeat}.`);
  }
  const fromOut = relative(resolve(checked.out), resolve(checked.init ?? '..'));
  // On another drive of Windows there is no way from one to the other.
  if (checked.init !== undefined && fromOut.split(sep)[0] !== '..' && !isAbsolute(fromOut)) {
    throw new LacunaError(
      'usage',
      `--init ${checked.init} must not be --out itself or a part of it; name another --out.`,
    );
  }
  if (patience !== undefined && validateEvery === 0) {
    throw new LacunaError(
      'usage',
      '--patience needs measurements on held-out clips, and --validate-every 0 makes none.',
    );
  }
  if (schedule === 'constant' && minLearningRate > 0) {
    throw new LacunaError(
      'usage',
      `--min-lr ${minLearningRate} goes with --schedule cosine: a constant rate does not fall.`,
    );
  }
  return checked;
}

/**
 * The run's whole configuration for a dataset.
 * @throws {LacunaError} `usage` where the preset or what is hidden does not fit the dataset.
 */
export function resolveRunConfig(options: CheckedPretrainOptions, dataset: Dataset, folder: string): RunConfig {
  const { steps, epochs, minutes = defaultMinutes } = options;
  const model = chooseModel(resolvePreset(options.preset, dataset.shape), options);
  const loss = parseLoss(options.loss);
  checkLoss(loss, model.target);
  if (comparesClips(loss)) checkContrast(options);
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
  const learningRate = options.learningRate ?? learningRates[model.family];
  if (options.minLearningRate > learningRate) {
    throw new LacunaError('usage', `--min-lr ${options.minLearningRate} must not be above --lr ${learningRate}.`);
  }
  return {
    version: 1,
    preset: options.preset,
    model,
    objective: options.objective,
    loss: formatLoss(loss),
    hide: hides.map(formatHide),
    weights: [...weights],
    score: options.score,
    duration,
    batch: options.batch === 'auto' ? Math.max(firstBatch, options.repeat) : options.batch,
    isBatchChosen: options.batch === 'auto',
    accumulate: options.accumulate,
    flip: options.flip,
    crop: options.crop,
    colour: options.colour,
    hue: options.hue,
    repeat: options.repeat,
    learningRate,
    layerDecay: options.layerDecay,
    smoothing: 0,
    warmUpSteps: options.warmUp,
    schedule: options.schedule,
    minLearningRate: options.minLearningRate,
    weightDecay: options.weightDecay,
    optimizer: options.optimizer,
    beta1: 0.9,
    beta2: options.beta2,
    clipNorm: options.clipNorm,
    average: options.average,
    validateEvery: options.validateEvery ?? null,
    patience: options.patience ?? null,
    init: null,
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

/** Each clip needs another one of its source beside it, and some of others. */
function checkContrast({ loss, batch, repeat }: CheckedPretrainOptions): void {
  if (repeat === 1) {
    throw new LacunaError(
      'usage',
      `--loss ${loss} holds the clips of one source against others; give --repeat 2, so that each has another beside it.`,
    );
  }
  if (batch !== 'auto' && batch < 2 * repeat) {
    throw new LacunaError(
      'usage',
      `--loss ${loss} holds the clips of one source against others; give --batch ${2 * repeat} or more for --repeat ${repeat}.`,
    );
  }
}
