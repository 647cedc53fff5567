// Owns the search for the clips that are nearest to a given one. Knows nothing of how vectors are made.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { findNearest, type Neighbour, normaliseVectors } from '../measures/nearest-neighbours.js';
import { loadModel, type LoadOptions } from '../run/load-model.js';
import type { ClipSource } from './clip-batches.js';
import { type Embedding, embedVideos } from './embed-videos.js';
import { fingerprintLetters } from './embed.js';
import { openFlatVectors, readLines, readList, readRows, type VectorFile, withoutModel } from './read-embeddings.js';
import { searchIndex } from './vector-index.js';

/** What is searched, and for what. */
export type SearchOptions = LoadOptions & {
  /** A `.npy` file that `embed` wrote. */
  readonly embeddings: string;
  /** A video. */
  readonly clip: string;
  /** The run folder of the model that made the vectors. */
  readonly model: string;
  /** Where in the video the clip begins, seconds. Default 0. */
  readonly startSeconds?: number | undefined;
  /** How many are found at most, from 1. Default 10. */
  readonly count?: number | undefined;
  /** Compare with every vector, however many there are. Default: up to 100,000 of them; more by an index that is kept beside them. */
  readonly exact?: boolean | undefined;
};

/** A clip that is near. */
export type FoundClip = ClipSource & {
  /** From 1 for the same down to -1. */
  readonly cosine: number;
};

/** What was found. */
export type SearchResult = {
  /** Of the clip that was asked for. */
  readonly query: Pick<ClipSource, 'video' | 'startSeconds'>;
  /** The nearest first. */
  readonly found: readonly FoundClip[];
  /** Whether every vector was compared; an index misses a near one now and then. */
  readonly isExact: boolean;
};

const optionsSchema = z.strictObject({
  embeddings: z.string().min(1),
  clip: z.string().min(1),
  model: z.string().min(1),
  startSeconds: z.number().min(0).default(0),
  count: z.int().min(1).max(100_000).default(10),
  exact: z.boolean().default(false),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/** Beyond so many vectors an index answers. */
const exactVectors = 100_000;

/**
 * Finds the clips whose vectors are nearest to that of a clip, by the cosine.
 * @throws {LacunaError} `usage` for wrong options; `input` where a file cannot be read, the vectors are of another model, or the video
 * has no clip there.
 */
export async function search(options: SearchOptions, controls: JobControls = {}): Promise<SearchResult> {
  const checked = checkOptions(optionsSchema, options, 'search');
  const { embeddings: name, clip, model: folder, startSeconds, count, exact, engine, device, threads } = checked;
  controls.signal?.throwIfAborted();
  const vectors = await openFlatVectors(name);
  try {
    const isIndexed = !exact && vectors.rows > exactVectors;
    // Of many only those lines are read that are named.
    const list = isIndexed ? await readLines(vectors, [0]) : await readList(vectors);
    const model = await loadModel(folder, { engine, device, threads });
    try {
      checkSameModel(vectors, list[0]?.model, folder, model.fingerprint);
      const embeddings = embedVideos(model, [clip], { layer: list[0]?.layer, pooling: list[0]?.pooling }, controls);
      const { h, ...query } = await embedClipAt(clip, startSeconds, embeddings);
      checkSameLength(vectors, h.length);
      const { values } = normaliseVectors({ values: h, width: h.length });
      const { nearest, isExact } = await find(vectors, values, count, isIndexed, controls);
      const rows = nearest.map(({ row }) => row);
      const lines = isIndexed ? await readLines(vectors, rows) : rows.flatMap((row) => list[row] ?? []);
      const found = lines.map((line, place) => ({ ...withoutModel(line), cosine: nearest[place]?.cosine ?? NaN }));
      return { query, found, isExact };
    } finally {
      await model.compute.close();
    }
  } finally {
    await vectors.file.close();
  }
}

async function find(
  vectors: VectorFile,
  query: Float32Array,
  count: number,
  isIndexed: boolean,
  controls: JobControls,
): Promise<{ readonly nearest: readonly Neighbour[]; readonly isExact: boolean }> {
  if (isIndexed) {
    const nearest = await searchIndex(vectors, query, count, controls);
    if (nearest !== undefined) return { nearest, isExact: false };
    controls.onNotice?.(`the package usearch is not installed: all ${vectors.rows} vectors are compared`);
  }
  const all = normaliseVectors({ values: await readRows(vectors), width: vectors.length });
  return { nearest: findNearest(all, query, count), isExact: true };
}

function checkSameModel(
  { name, length }: VectorFile,
  model: string | undefined,
  folder: string,
  fingerprint: string,
): void {
  if (fingerprint.slice(0, fingerprintLetters) === model) return;
  throw new LacunaError(
    'input',
    `The vectors of ${name} (${length} numbers each) are of another model than ${folder}; embed the videos with this one.`,
  );
}

/** Lists that were written before they named layer and pooling. */
function checkSameLength({ name, length }: VectorFile, asked: number): void {
  if (length === asked) return;
  throw new LacunaError(
    'input',
    `The vectors of ${name} have ${length} numbers each and that of the clip ${asked}: they are of another layer or pooling; run embed again.`,
  );
}

/** The last clip that begins by then; clips follow one another without a gap. */
async function embedClipAt(
  video: string,
  startSeconds: number,
  embeddings: AsyncIterable<Embedding>,
): Promise<Embedding> {
  let found: Embedding | undefined;
  for await (const embedding of embeddings) {
    if (embedding.startSeconds > startSeconds) break;
    found = embedding;
  }
  if (found === undefined) throw new LacunaError('input', `${video} has no clip at ${startSeconds} seconds.`);
  return found;
}
