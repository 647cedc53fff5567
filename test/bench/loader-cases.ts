// Owns the cases of the loader benchmark, and what the side is told of one. Knows nothing of how it is run.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { PresetName } from '../../dist/model/presets.js';

/** The schema of {@link LoaderTask}. */
export const loaderTaskSchema = z.object({
  preset: z.string(),
  frames: z.int().min(1),
  /** H and W, pixels. */
  size: z.int().min(8),
  batch: z.int().min(1),
  /** What is hidden. */
  hide: z.string(),
  flip: z.boolean(),
  crop: z.number(),
  colour: z.number(),
  repeat: z.int().min(1),
  /** Clips of the dataset. */
  clips: z.int().min(1),
  /** Threads of the mathematics. */
  threads: z.int().min(1),
  /** Steps of a block before those that count: the batches that the block before had begun are made by then. */
  leadSteps: z.int().min(0),
  /** Steps of a block that count. */
  steps: z.int().min(1),
});

/** What the side is told to run. */
export type LoaderTask = Readonly<z.infer<typeof loaderTaskSchema>>;

/** What a round comes to: seconds of a step on one fixed batch, and of one that the loader gave, means of a block. */
export const loaderRoundSchema = z.object({
  fixedSeconds: z.number().positive(),
  loadedSeconds: z.number().positive(),
});

const videomae = {
  preset: 'vit-small',
  frames: 16,
  size: 224,
  batch: 4,
  hide: 'tube:0.9',
  clips: 48,
  steps: 3,
} as const;
const future = {
  preset: 'conv-tiny',
  frames: 20,
  size: 64,
  batch: 16,
  hide: 'future:10',
  clips: 256,
  steps: 8,
} as const;
/** As `pretrain` does it unless it is told otherwise. */
const plain = { flip: true, crop: 1, colour: 0, repeat: 1 };
const cropped = { ...plain, crop: 0.5 };

const cases: Readonly<Record<string, Omit<LoaderTask, 'threads' | 'leadSteps'> & { readonly preset: PresetName }>> = {
  'vit-small 16 × 224²': { ...videomae, ...plain },
  'conv-tiny 20 × 64²': { ...future, ...plain },
  'vit-small 16 × 224² crop': { ...videomae, ...cropped },
  'conv-tiny 20 × 64² crop': { ...future, ...cropped },
  'conv-tiny 20 × 64² crop colour': { ...future, ...cropped, colour: 0.4 },
};

/** The names of all cases. */
export const loaderCaseNames = Object.keys(cases);

/** A case by name. @throws {RangeError} where there is none. */
export function findLoaderCase(name: string): LoaderTask {
  const found = cases[name];
  if (found === undefined) throw new RangeError(`there is no case ${name}`);
  return { ...found, threads: availableParallelism(), leadSteps: 2 };
}
