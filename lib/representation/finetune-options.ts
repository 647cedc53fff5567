// Owns the options of fine-tuning: their ranges and defaults, and the configuration of each training. Knows nothing of the work.
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames, type EngineName } from '../engine/engine-names.js';
import type { DeviceName } from '../engine/device-names.js';
import { defaultLoss, formatLoss } from '../objectives/loss-expression.js';
import {
  type ClassifierConfig,
  classifierPoolingNames,
  type FamilyName,
  type ModelConfig,
} from '../model/model-config.js';
import type { Dataset } from '../dataset/open-dataset.js';
import type { RunConfig } from '../run/run-config.js';

/** What is fine-tuned, on what, and for how long. */
export type FinetuneOptions = {
  /** The run folder of a pretrained model. */
  readonly model: string;
  /** A folder that `prepare --labels` made, of clips of the model's size and length. */
  readonly dataset: string;
  /** The folder of the classifier; made where it is missing, continued where it was made with the same options. */
  readonly out: string;
  /** How tokens become one vector: their `mean`, or what a learned query finds in them (`attentive`). Default `mean`. */
  readonly pooling?: ClassifierConfig['pooling'] | undefined;
  /** Learn from so many clips of each class, and choose by at most as many. Default: all. */
  readonly labelsPerClass?: number | undefined;
  /** Which draw of these clips, and of the random numbers of training, from 0. Default 0. */
  readonly draw?: number | undefined;
  /** Train the same network from random weights too, with the same budget. Default true. */
  readonly scratch?: boolean | undefined;
  /** Rates that are tried; validation chooses. Default: a third, one and three times 1e-3 for `conv`, 5e-4 for `vit`. */
  readonly learningRates?: readonly number[] | undefined;
  /** How often the training clips are seen by each training. Default 30, and at least 200 steps. */
  readonly epochs?: number | undefined;
  /** Steps of each training, in the place of `epochs`. */
  readonly steps?: number | undefined;
  /** Clips of a step. Default 16. */
  readonly batch?: number | undefined;
  /**
   * The rate of each layer of the encoder, in parts of that of the next, above 0 to 1. Default 0.75 for `vit`, 1 for `conv`. From
   * scratch all learn alike.
   */
  readonly layerDecay?: number | undefined;
  /** How often the branches of the encoder's last block are left out, in [0, 1); `vit` alone. Default 0.1. */
  readonly dropPath?: number | undefined;
  /** The part of the certainty about a class that is spread evenly over all, in [0, 1). Default 0.1. */
  readonly smoothing?: number | undefined;
  /** Decoupled decay, 0 to 10. Default 0.05. */
  readonly weightDecay?: number | undefined;
  /** Mirror every second clip, at random, left to right. Default true; not for classes that left and right tell apart. */
  readonly flip?: boolean | undefined;
  /** Cut a part out of each clip; see `pretrain`. Default 1: nothing is cut out. */
  readonly crop?: number | undefined;
  /** Change brightness, contrast and saturation; see `pretrain`. Default 0. */
  readonly colour?: number | undefined;
  /** Turn hues; see `pretrain`. Default 0. */
  readonly hue?: number | undefined;
  /** The part of each class's groups that is for validation where the dataset does not say it, in [0, 0.9]. Default 0.15. */
  readonly validation?: number | undefined;
  /** The same for the test. Default 0.2. */
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

/** The schema of {@link FinetuneOptions}. */
export const finetuneSchema = z.strictObject({
  model: z.string().min(1),
  dataset: z.string().min(1),
  out: z.string().min(1),
  pooling: z.enum(classifierPoolingNames).default('mean'),
  labelsPerClass: z.int().min(1).optional(),
  draw: z.int().min(0).default(0),
  scratch: z.boolean().default(true),
  learningRates: z.array(z.number().positive()).min(1).optional(),
  epochs: z.number().positive().optional(),
  steps: z.int().min(1).optional(),
  batch: z.int().min(1).max(4096).default(16),
  layerDecay: z.number().gt(0).max(1).optional(),
  dropPath: z.number().min(0).lt(1).optional(),
  smoothing: z.number().min(0).lt(1).default(0.1),
  weightDecay: z.number().min(0).max(10).default(0.05),
  flip: z.boolean().default(true),
  crop: z.number().gt(0).max(1).default(1),
  colour: z.number().min(0).max(1).default(0),
  hue: z.number().min(0).max(0.5).default(0),
  validation: z.number().min(0).max(0.9).default(0.15),
  test: z.number().min(0).max(0.9).default(0.2),
  seed: z.int().min(0).default(0),
  engine: z.enum(engineNames).default('onnx'),
  device: z.enum(deviceNames).default('cpu'),
  threads: z.int().min(1).max(1024).optional(),
});

/** The options with every default in its place that depends on nothing else. */
export type CheckedFinetuneOptions = Readonly<z.output<typeof finetuneSchema>>;

/** Where a training begins. */
export const startNames = ['pretrained', 'scratch'] as const;
/** One of {@link startNames}. */
export type StartName = (typeof startNames)[number];

/** One training. */
export type Trial = { readonly start: StartName; readonly learningRate: number };

const usual: { readonly [Name in FamilyName]: { readonly rate: number; readonly layerDecay: number } } = {
  conv: { rate: 1e-3, layerDecay: 1 },
  vit: { rate: 5e-4, layerDecay: 0.75 },
};
const defaultEpochs = 30;
const leastSteps = 200;
const warmUpPart = 0.1;

/** All trainings: the same rates from each start. */
export function listTrials({ learningRates, scratch }: CheckedFinetuneOptions, family: FamilyName): readonly Trial[] {
  const { rate } = usual[family];
  const rates = learningRates ?? [rate / 3, rate, 3 * rate];
  const starts = startNames.filter((start) => scratch || start === 'pretrained');
  return starts.flatMap((start) => rates.map((learningRate) => ({ start, learningRate })));
}

const usualDropPath = 0.1;

/**
 * The network of a classifier with a pretrained model's encoder.
 * @throws {LacunaError} `usage` where it has no blocks that could be passed over.
 */
export function classifierModel(pretrained: ModelConfig, classifier: ClassifierConfig, dropPath?: number): ModelConfig {
  if (pretrained.family === 'vit') return { ...pretrained, classifier, dropPath: dropPath ?? usualDropPath };
  if (dropPath === undefined) return { ...pretrained, classifier };
  throw new LacunaError('usage', '--drop-path goes with a vit: a conv has no blocks that are passed over.');
}

/** The configuration of a training. @param clips that it learns from */
export function trialConfig(
  options: CheckedFinetuneOptions,
  { start, learningRate }: Trial,
  model: ModelConfig,
  preset: string,
  dataset: Dataset,
  clips: number,
): RunConfig {
  const { epochs = defaultEpochs, steps, batch, engine, device, threads } = options;
  const { layerDecay = usual[model.family].layerDecay } = options;
  const fromEpochs = Math.max(options.epochs === undefined ? leastSteps : 1, Math.ceil((epochs * clips) / batch));
  const amount = steps ?? fromEpochs;
  return {
    ...{ version: 1, preset, model, objective: 'classification', loss: formatLoss(defaultLoss) },
    ...{
      hide: [],
      weights: [],
      score: 1,
      duration: { unit: 'steps', amount },
      batch,
      isBatchChosen: false,
      accumulate: 1,
    },
    ...{ flip: options.flip, crop: options.crop, colour: options.colour, hue: options.hue, repeat: 1, learningRate },
    ...{ warmUpSteps: Math.round(warmUpPart * amount), schedule: 'cosine', minLearningRate: 0 },
    ...{ layerDecay: start === 'scratch' ? 1 : layerDecay, smoothing: options.smoothing },
    ...{ weightDecay: options.weightDecay, optimizer: 'adamw', beta1: 0.9, beta2: 0.95, clipNorm: 1, average: 0 },
    ...{
      validateEvery: 0,
      patience: null,
      init: null,
      seed: options.seed + options.draw,
      engine,
      device,
      threads: threads ?? null,
    },
    data: {
      ...{ folder: dataset.folder, fingerprint: dataset.fingerprint, validation: 0 },
      ...{ fps: dataset.fps, stride: dataset.stride, fit: dataset.fit },
    },
  };
}
