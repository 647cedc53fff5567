// Owns what a run is made of: everything that decides its weights, as `config.json` keeps it. Knows nothing of the work.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { optimiserNames } from '../engine/optimiser-names.js';
import { modelConfigSchema } from '../model/model-config.js';
import { transformersConfig } from '../model/transformers-config.js';
import { defaultLoss, formatLoss } from '../objectives/loss-expression.js';
import { objectiveNames } from '../objectives/objective-names.js';
import { runNames } from './run-files.js';

/** How long a run lasts. */
const durationSchema = z.discriminatedUnion('unit', [
  z.strictObject({ unit: z.literal('steps'), amount: z.int().min(1) }),
  z.strictObject({ unit: z.literal('epochs'), amount: z.number().positive() }),
  z.strictObject({ unit: z.literal('minutes'), amount: z.number().positive() }),
]);

/** What the learning rate follows after it has risen. */
export const scheduleNames = ['cosine', 'constant'] as const;

const runConfigSchema = z.object({
  version: z.literal(1),
  /** The name of the preset that `model` was resolved from. */
  preset: z.string(),
  model: modelConfigSchema,
  objective: z.enum(objectiveNames),
  /** What of a filled-in clip is minimised, in the grammar of `--loss`. */
  loss: z.string().default(formatLoss(defaultLoss)),
  /** What is hidden, in the grammar of `--hide`, and how often each is drawn, of sum 1; nothing where classes are told apart. */
  hide: z.array(z.string()),
  weights: z.array(z.number().positive()),
  /** The share of the hidden tokens that is scored. */
  score: z.number().gt(0).max(1).default(1),
  duration: durationSchema,
  /** Clips of one micro-batch. */
  batch: z.int().min(1),
  /** Whether that number was chosen by a measurement. */
  isBatchChosen: z.boolean().default(false),
  /** Micro-batches of one step, each of one kind of mask. */
  accumulate: z.int().min(1).default(1),
  /** Whether clips are mirrored left to right, every second one at random. */
  flip: z.boolean(),
  /** The least part of a picture's area that is cut out; 1 where nothing is. */
  crop: z.number().gt(0).max(1).default(1),
  /** How far brightness, contrast and saturation may lie from 1. */
  colour: z.number().min(0).max(1).default(0),
  /** How far hues may be turned, in parts of the whole circle. */
  hue: z.number().min(0).max(0.5).default(0),
  /** Clips of a step that come from one clip of the dataset. */
  repeat: z.int().min(1).default(1),
  /** The highest rate, and the steps until it is reached. */
  learningRate: z.number().positive(),
  warmUpSteps: z.int().min(0),
  /** The rate of each layer of the encoder, in parts of that of the next. */
  layerDecay: z.number().gt(0).max(1).default(1),
  /** The part of the certainty about a class that is spread evenly over all. */
  smoothing: z.number().min(0).lt(1).default(0),
  /** What the rate follows after that, and where a cosine ends. */
  schedule: z.enum(scheduleNames).default('cosine'),
  minLearningRate: z.number().min(0).default(0),
  weightDecay: z.number().min(0),
  optimizer: z.enum(optimiserNames).default('adamw'),
  beta1: z.number().min(0).max(1),
  beta2: z.number().min(0).max(1),
  clipNorm: z.number().positive(),
  /** The part of the old average of the weights that stays at each step; 0 where no averages are kept. */
  average: z.number().min(0).lt(1).default(0),
  /** Steps from one measurement on held-out clips to the next; 0 is never, `null` as the length of the run suggests. */
  validateEvery: z.int().min(0).nullable().default(null),
  /** Measurements without a better one after which the run ends; `null` where it never does. */
  patience: z.int().min(1).nullable().default(null),
  /** SHA-256 of the weights that it began with; `null` where the seed gave them. */
  init: z.string().nullable().default(null),
  seed: z.int().min(0),
  engine: z.enum(engineNames),
  /** What it computed on. */
  device: z.enum(deviceNames).default('cpu'),
  /** Threads of the mathematics, where they were asked for. */
  threads: z.int().min(1).nullable(),
  data: z.object({
    /** Where the dataset was; it may have moved. */
    folder: z.string(),
    fingerprint: z.string(),
    /** The part of it that was kept for validation. */
    validation: z.number().min(0).max(1),
    /** Frames a second that its videos were read at, and from one frame of a clip to the next. */
    fps: z.number().positive(),
    stride: z.int().min(1),
    fit: z.enum(['cover', 'contain', 'stretch']),
  }),
});

/** Everything that decides a run's weights. */
export type RunConfig = Readonly<z.infer<typeof runConfigSchema>>;

/** What the losses of a run are called, and how often each comes: by what is hidden, or by the objective where nothing is. */
export function lossKindsOf({ hide, weights, objective }: Pick<RunConfig, 'hide' | 'weights' | 'objective'>): {
  readonly kinds: readonly string[];
  readonly weights: readonly number[];
} {
  return hide.length > 0 ? { kinds: hide, weights } : { kinds: [objective], weights: [1] };
}

/** How videos are read for a run's model: as its dataset's were. */
export function readingOf({ model, data }: Pick<RunConfig, 'model' | 'data'>) {
  const { frames, size, channels } = model;
  const { fps, stride, fit } = data;
  return { frames, size, grey: channels === 1, fps, stride, fit };
}

/** The text of `config.json`: what Hugging Face's libraries read, and Lacuna's own part under `lacuna`. */
export function encodeRunConfig(config: RunConfig): string {
  return `${JSON.stringify({ ...transformersConfig(config.model), lacuna: config }, undefined, 2)}\n`;
}

/**
 * Reads a run's configuration; nothing where there is none.
 * @throws {LacunaError} `input` where the file is not Lacuna's.
 */
export async function readRunConfig(folder: string): Promise<RunConfig | undefined> {
  const file = join(folder, runNames.config);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = z.object({ lacuna: runConfigSchema }).safeParse(parseJson(text));
  if (parsed.success) return parsed.data.lacuna;
  throw new LacunaError(
    'input',
    `${file} is not the configuration of a run of Lacuna; name a folder that pretrain made.`,
    {
      cause: parsed.error,
    },
  );
}

/** The same of a folder that must have one. @throws {LacunaError} `input` where it has none, or one that is not Lacuna's. */
export async function readModelConfig(folder: string): Promise<RunConfig> {
  const config = await readRunConfig(folder);
  if (config !== undefined) return config;
  throw new LacunaError('input', `${folder} is no model: it has no config.json; name a folder that pretrain made.`);
}

/** Where two configurations differ, in words; empty where they would give the same weights. */
export function describeDifference(made: RunConfig, asked: RunConfig): string {
  const [before, now] = [decisive(made), decisive(asked)];
  return describeChanges(before, now);
}

/** The fields of two records that differ, in words; empty where none does. */
export function describeChanges(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string {
  const differs = Object.keys(now).filter((key) => !isDeepStrictEqual(before[key], now[key]));
  return differs
    .map((key) => differenceWords[key] ?? `${key} is ${show(before[key])} there and ${show(now[key])} here`)
    .join(', ');
}

/** What decides the weights, by the names of options. The dataset is known by its content, wherever it lies. */
function decisive({ data, isBatchChosen, ...rest }: RunConfig): Record<string, unknown> {
  // A chosen batch is kept with the run, whatever a new measurement would choose.
  const options = { ...rest, batch: isBatchChosen ? 'auto' : rest.batch };
  return { ...options, dataset: data.fingerprint, validation: data.validation };
}

/** What is said of things whose values tell nobody anything. */
const differenceWords: Readonly<Record<string, string>> = {
  dataset: 'the dataset is another',
  model: 'the network is another',
  init: 'it began with other weights',
};

function show(value: unknown): string {
  if (Array.isArray(value)) return value.map(show).join(' ');
  if (typeof value === 'object' && value !== null) return Object.values(value).reverse().map(show).join(' ');
  return String(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
