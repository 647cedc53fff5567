// Owns how steady a representation is: same-source retrieval, what small changes of a clip do to it, and whether it fills its space,
// beside the same of controls that learned nothing. Knows nothing of how vectors are compared.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { ClipShape } from '../clip/clip.js';
import { type Augmentation, drawAugmentations } from '../clip/draw-augmentation.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { groupKey } from '../dataset/group-key.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { spreadRows } from '../dataset/spread-rows.js';
import { type DeviceName, deviceNames } from '../engine/device-names.js';
import { type EngineName, engineNames } from '../engine/engine-names.js';
import type { Vectors } from '../measures/nearest-neighbours.js';
import {
  alignmentOf,
  changeStrengths,
  distanceOfAny,
  figureRetrieval,
  figureSimilarity,
  figureSpread,
  type RetrievalFigures,
  type SpreadFigures,
} from '../measures/steadiness.js';
import { type Evaluation, splitForModel } from '../prediction/evaluate.js';
import { type LoadedModel, loadModel } from '../run/load-model.js';
import { checkClipsOfModel } from './clips-of-model.js';
import { vectorShape } from './embed-videos.js';
import { type FeatureChoice, joinTokens, readRawPixels, readVectors } from './features.js';

/** Whose vectors are measured: the model's, those of the same network with random weights, and the pixels of 8 × 8 a frame. */
export const steadyNames = ['model', 'untrained', 'pixels'] as const;

/** See `TokenPooling`: those that give one vector a clip. */
export const steadyPoolings = ['mean', 'grid'] as const;
/** One of {@link steadyPoolings}. */
export type SteadyPooling = (typeof steadyPoolings)[number];

/** What is measured, and on what. */
export type RepresentationOptions = {
  /** A run folder. */
  readonly model: string;
  /** A folder that `prepare` made, of clips of the model's size and length. Clips of one group, or video, are of one source. */
  readonly dataset: string;
  /** Clips at most, evenly spread over those that the model was not trained on, or `all` of those. Default 512. */
  readonly clips?: number | 'all' | undefined;
  /** Of those that the splits of the dataset keep for the test. Default false. */
  readonly test?: boolean | undefined;
  /** A layer of the encoder, from 0. Default: the last one. */
  readonly layer?: number | undefined;
  /** What of their tokens the vectors of the model and of the untrained network are. Default `mean`. */
  readonly pooling?: SteadyPooling | undefined;
  /** What all random choices follow from, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
  /** Default `onnx`. */
  readonly engine?: EngineName | undefined;
  /** What it computes on. Default `cpu`. */
  readonly device?: DeviceName | undefined;
  /** Threads of the mathematics. Default: all cores. */
  readonly threads?: number | undefined;
};

/** How steady the vectors of one kind are. */
export type SteadinessFigures = {
  readonly name: (typeof steadyNames)[number];
  /** Clips find the others of their source. */
  readonly retrieval: RetrievalFigures;
  /** The same, asked with the clips cropped and their colours changed. */
  readonly changedRetrieval: RetrievalFigures;
  /**
   * The mean squared distance of the vectors of a clip and of the same clip changed, over that of any two clips: 0 where the change
   * does nothing, 1 where it does as much as taking another clip.
   */
  readonly changes: { readonly crop: number; readonly light: number; readonly shift: number };
  readonly spread: SpreadFigures;
  /** The mean cosine within classes and between them, where clips have labels. */
  readonly similarity?: { readonly within: number; readonly between: number };
};

/** What was found. */
export type RepresentationEvaluation = {
  /** Which clips they are; see `Evaluation`. */
  readonly part: Evaluation['part'];
  readonly clips: number;
  /** Groups, and videos without one. */
  readonly sources: number;
  readonly figures: readonly SteadinessFigures[];
};

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  dataset: z.string().min(1),
  clips: z.union([z.int().min(2), z.literal('all')]).default(512),
  test: z.boolean().default(false),
  layer: z.int().min(0).optional(),
  pooling: z.enum(steadyPoolings).default('mean'),
  seed: z.int().min(0).default(0),
  engine: z.enum(engineNames).default('onnx'),
  device: z.enum(deviceNames).default('cpu'),
  threads: z.int().min(1).max(1024).optional(),
});

type CheckedOptions = Readonly<z.output<typeof optionsSchema>>;

/** A shift is this part of the side. */
const shiftPart = 1 / 16;

/**
 * Measures a model's vectors and those of the controls on the same clips.
 * @throws {LacunaError} `usage` for wrong options and clips of another size; `input` where the model or the dataset cannot be read,
 * or has fewer than two clips.
 */
export async function evaluateRepresentation(
  options: RepresentationOptions,
  controls: JobControls = {},
): Promise<RepresentationEvaluation> {
  const checked = checkOptions(optionsSchema, options, 'evaluateRepresentation');
  controls.signal?.throwIfAborted();
  const dataset = await openDataset(checked.dataset);
  try {
    const { engine, device, threads } = checked;
    const model = await loadModel(checked.model, { engine, device, threads });
    try {
      checkClipsOfModel(checked.model, model.config.model, dataset);
      await vectorShape(model, checked);
      return await measure(model, dataset, checked, controls);
    } finally {
      await model.compute.close();
    }
  } finally {
    await dataset.close();
  }
}

async function measure(
  model: LoadedModel,
  dataset: Dataset,
  options: CheckedOptions,
  controls: JobControls,
): Promise<RepresentationEvaluation> {
  const { heldOut: all, part } = splitForModel(model, dataset, options.test);
  if (all.length < 2) {
    throw new LacunaError(
      'input',
      `${dataset.folder} has fewer than two clips that ${model.folder} was not trained on; prepare more, since they are held against each other.`,
    );
  }
  const rows = options.clips === 'all' ? all : spreadRows(all, Math.min(options.clips, all.length));
  const records = Array.from(rows, (row) => dataset.clips[row] ?? { video: '' });
  const sources = records.map(groupKey);
  const labels = records.map((record) => ('label' in record ? record.label : undefined));
  const changes = createChanges(dataset.shape, options.seed);
  const figures: SteadinessFigures[] = [];
  for (const name of steadyNames) {
    const read = await createReader(name, model, dataset, rows, options, controls);
    const vectors = await read.vectors();
    const distance = distanceOfAny(vectors);
    const apart = async (one: Vectors, change: (row: number) => Augmentation) =>
      alignmentOf(one, await read.vectors(change)) / distance;
    figures.push({
      name,
      retrieval: figureRetrieval(vectors, sources),
      changedRetrieval: figureRetrieval(vectors, sources, await read.vectors(changes.both)),
      changes: {
        crop: await apart(vectors, changes.crop),
        light: await apart(vectors, changes.light),
        shift: await apart(await read.vectors(changes.here), changes.there),
      },
      spread: await figureSpread(vectors),
      ...similarityOf(vectors, labels),
    });
    await read.end();
  }
  return { part, clips: rows.length, sources: new Set(sources).size, figures };
}

/** How clips are changed: each row always in the same way. */
function createChanges(shape: ClipShape, seed: number) {
  const { height, width } = shape;
  const drawn = (row: number, less: { readonly crop?: 1; readonly colour?: 0 }): Augmentation =>
    drawAugmentations({ ...changeStrengths, ...less }, shape, { seed, step: row, count: 1 })[0] ?? {
      isMirrored: false,
    };
  const by = { x: Math.max(1, Math.round(width * shiftPart)), y: Math.max(1, Math.round(height * shiftPart)) };
  const corner = (left: number, top: number) => (): Augmentation => ({
    isMirrored: false,
    window: { left, top, width: width - by.x, height: height - by.y },
  });
  return {
    crop: (row: number) => drawn(row, { colour: 0 }),
    light: (row: number) => drawn(row, { crop: 1 }),
    both: (row: number) => drawn(row, {}),
    here: corner(0, 0),
    there: corner(by.x, by.y),
  };
}

/** Reads the vectors of all rows, as the clips are or changed. `end` brings the model's weights back. */
async function createReader(
  name: SteadinessFigures['name'],
  { config, compute }: LoadedModel,
  dataset: Dataset,
  rows: Int32Array,
  { layer, pooling, seed }: CheckedOptions,
  controls: JobControls,
): Promise<{
  readonly vectors: (change?: FeatureChoice['change']) => Promise<Vectors>;
  readonly end: () => Promise<void>;
}> {
  const told: JobControls = {
    ...controls,
    onProgress: (made) => controls.onProgress?.({ ...made, note: `vectors of ${name}` }),
  };
  const trained = name === 'untrained' ? await compute.call('readState', undefined) : undefined;
  if (trained) await compute.call('initialise', { seed });
  return {
    vectors: async (change) =>
      name === 'pixels'
        ? joinTokens(await readRawPixels(dataset, rows, { change }, told))
        : readVectors(compute, config.model, dataset, rows, { layer, pooling, change }, told),
    end: async () => {
      if (trained) await compute.call('writeState', trained);
    },
  };
}

function similarityOf(
  { values, width }: Vectors,
  labels: readonly (string | undefined)[],
): Pick<SteadinessFigures, 'similarity'> {
  const known = labels.flatMap((label, place) => (label === undefined ? [] : [{ label, place }]));
  if (new Set(known.map(({ label }) => label)).size < 2) return {};
  const own = new Float32Array(known.length * width);
  for (const [index, { place }] of known.entries()) {
    own.set(values.subarray(place * width, (place + 1) * width), index * width);
  }
  return {
    similarity: figureSimilarity(
      { values: own, width },
      known.map(({ label }) => label),
    ),
  };
}
