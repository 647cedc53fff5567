// Owns the finding of clips that are nearly the same. Knows nothing of how vectors are made.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { findAllNear, normaliseVectors, type Vectors } from '../measures/nearest-neighbours.js';
import type { ClipSource } from './clip-batches.js';
import { openFlatVectors, readList, readRows, withoutModel } from './read-embeddings.js';

/** What is searched for clips that are there twice. */
export type DedupeOptions = {
  /** A `.npy` file that `embed` wrote. */
  readonly embeddings: string;
  /** From this cosine on two clips are nearly the same, above 0 to 1. Default 0.99. */
  readonly threshold?: number | undefined;
  /** Whether clips of one video count as well. Default false: a camera that stands still shows the same for long. */
  readonly withinVideos?: boolean | undefined;
};

/** Clips that are nearly the same. */
export type DuplicateGroup = {
  /** The first one in the order of the file. */
  readonly kept: ClipSource;
  /** The others, and how near each of them is to the first. */
  readonly others: readonly (ClipSource & { readonly cosine: number })[];
};

/** What was found. */
export type DedupeResult = {
  /** All clips of the file. */
  readonly clips: number;
  /** Clips that could be left out. */
  readonly duplicates: number;
  readonly groups: readonly DuplicateGroup[];
};

const optionsSchema = z.strictObject({
  embeddings: z.string().min(1),
  threshold: z.number().gt(0).max(1).default(0.99),
  withinVideos: z.boolean().default(false),
});

/** What the cosine of the same vectors may be short of 1. */
const rounding = 1e-6;

/** Clips between two calls of `onProgress`, and between looks at the signal. */
const clipsAtOnce = 256;

/**
 * Goes through the clips in order: each that is not yet of a group takes all later ones that are near enough to it.
 * @throws {LacunaError} `usage` for wrong options; `input` where the file cannot be read.
 */
export async function dedupe(options: DedupeOptions, { signal, onProgress }: JobControls = {}): Promise<DedupeResult> {
  const { embeddings: file, threshold, withinVideos } = checkOptions(optionsSchema, options, 'dedupe');
  const { clips, ...read } = await readAllVectors(file);
  const { values, width } = normaliseVectors(read);
  const isTaken = new Uint8Array(clips.length);
  const groups: DuplicateGroup[] = [];
  for (const [row, kept] of clips.entries()) {
    if (row % clipsAtOnce === 0) {
      // A search of many takes long, and signals come only between the turns of the loop of events.
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      onProgress?.({ unit: 'clips', done: row, total: clips.length });
    }
    if (isTaken[row] === 1) continue;
    const isWanted = (other: number) =>
      other > row && isTaken[other] === 0 && (withinVideos || clips[other]?.video !== kept.video);
    const own = values.subarray(row * width, (row + 1) * width);
    const near = findAllNear({ values, width }, own, threshold - rounding, isWanted);
    const others = near.flatMap(({ row: other, cosine }) => {
      const source = clips[other];
      if (source === undefined) return [];
      isTaken[other] = 1;
      return [{ ...source, cosine }];
    });
    if (others.length > 0) groups.push({ kept, others });
  }
  const duplicates = groups.reduce((sum, { others }) => sum + others.length, 0);
  return { clips: clips.length, duplicates, groups };
}

async function readAllVectors(name: string): Promise<Vectors & { readonly clips: readonly ClipSource[] }> {
  const vectors = await openFlatVectors(name);
  try {
    return {
      clips: (await readList(vectors)).map(withoutModel),
      values: await readRows(vectors),
      width: vectors.length,
    };
  } finally {
    await vectors.file.close();
  }
}
