// Owns a file of vectors and the list of which clip each of them is. Knows nothing of how they are made.
import { createHash } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { FailureRecord } from '../dataset/dataset-files.js';
import { syncFolder } from '../dataset/durable-file.js';
import { nameFailures } from '../dataset/name-failures.js';
import { type VideoPart, videoPartSchema } from '../dataset/scan.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { encodeJsonLines } from '../formats/jsonl.js';
import { tokenPoolingNames } from '../model/model-config.js';
import { type LoadedModel, loadModel, type LoadOptions } from '../run/load-model.js';
import type { StreamPlace } from './clip-batches.js';
import { type ClipInputs, openClipInputs } from './clip-inputs.js';
import { clipsAtOnce } from './clips-at-once.js';
import { embedClips, type VectorChoice, vectorShape } from './embed-videos.js';
import { failuresOf, formOf, listOf } from './embedding-files.js';
import { openPartialEmbedding, type PartialEmbedding } from './partial-embedding.js';
import { type EmbeddedRow, writeEmbeddings } from './write-embeddings.js';

/** What is embedded, and where the vectors go. */
export type EmbedOptions = LoadOptions &
  VectorChoice & {
    /** A run folder. */
    readonly model: string;
    /** Video files, folders that are searched for them, and datasets that `prepare` made. At least one. */
    readonly inputs: readonly string[];
    /**
     * A `.npy` file, with a `.jsonl` beside it, or a `.parquet` file; where something failed, `.failures.jsonl` stands beside it too.
     * Replaced where they are there. A call that was ended early goes on when the same is called again.
     */
    readonly out: string;
    /** One row a video, the mean over its clips, in the place of one a clip. Default false. */
    readonly average?: boolean | undefined;
    /** Take only a part of the videos. Default: all of them. */
    readonly part?: VideoPart | undefined;
  };

/** What was written. */
export type EmbedResult = {
  /** The file of vectors, as it was given. */
  readonly out: string;
  /** Rows of the file. */
  readonly vectors: number;
  /** D. */
  readonly width: number;
  /** Clips that were embedded, and those of them that this call embedded. */
  readonly clips: number;
  readonly clipsNow: number;
  /** What this call took to embed them, reading of videos included. */
  readonly seconds: number;
  /** Videos that could not be read, or not in full. */
  readonly failures: readonly FailureRecord[];
};

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  inputs: z.array(z.string().min(1)).min(1),
  out: z.string().min(1),
  layer: z.int().min(0).optional(),
  pooling: z.enum(tokenPoolingNames).default('mean'),
  average: z.boolean().default(false),
  part: videoPartSchema.optional(),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

type CheckedOptions = Readonly<z.output<typeof optionsSchema>>;

/** Letters of the model's fingerprint that each line of the list carries. */
export const fingerprintLetters = 16;

/** Between two moments at which what is there is brought to the disk. */
const keptMilliseconds = 5000;

/**
 * Writes the vectors of each clip: float32 `[n, D]` as `.npy` (by frames or tokens `[n, …, D]`), and a line
 * `{"video","startSeconds","model"}`, with `label` where a dataset says it, for each row; or the same as one Parquet table.
 * @throws {LacunaError} `usage` where `out` is neither; `input` where the model or all videos cannot be read.
 */
export async function embed(options: EmbedOptions, controls: JobControls = {}): Promise<EmbedResult> {
  const checked = checkOptions(optionsSchema, options, 'embed');
  const { model: folder, out, engine, device, threads } = checked;
  formOf(out);
  controls.signal?.throwIfAborted();
  const model = await loadModel(folder, { engine, device, threads });
  try {
    await checkPlaces(out);
    const inputs = await openClipInputs(model, checked.inputs, controls.signal, checked.part);
    try {
      return await embedInputs(model, inputs, checked, controls);
    } finally {
      await inputs.close();
    }
  } finally {
    await model.compute.close();
  }
}

async function embedInputs(
  model: LoadedModel,
  inputs: ClipInputs,
  options: CheckedOptions,
  controls: JobControls,
): Promise<EmbedResult> {
  const { out, average } = options;
  const shape = await vectorShape(model, options);
  const partial = await openPartialEmbedding(dirname(out), basename(out), identityOf(model, inputs, options), shape);
  try {
    const before = partial.rows();
    const start = performance.now();
    await embedTheRest(model, inputs, partial, options, controls);
    const seconds = (performance.now() - start) / 1000;
    const { failures } = partial;
    const clips = partial.rows();
    if (clips === 0) {
      await partial.remove();
      throw new LacunaError('input', `No vector could be made: ${nameFailures(failures)}; name other videos.`);
    }
    const vectors = await finish(partial, shape, out, average);
    const failuresFile = failuresOf(out);
    if (failures.length > 0) await writeFile(failuresFile, encodeJsonLines(failures));
    else await rm(failuresFile, { force: true });
    await partial.remove();
    return { out, vectors, width: shape.at(-1) ?? 0, clips, clipsNow: clips - before, seconds, failures };
  } finally {
    await partial.close();
  }
}

/** What tells these vectors from all others. */
function identityOf({ fingerprint }: LoadedModel, { identity }: ClipInputs, options: CheckedOptions): string {
  const { layer, pooling, engine, device } = options;
  return createHash('sha256')
    .update(JSON.stringify([fingerprint, identity, layer, pooling, engine, device]))
    .digest('hex');
}

async function embedTheRest(
  model: LoadedModel,
  inputs: ClipInputs,
  partial: PartialEmbedding,
  { layer, pooling }: CheckedOptions,
  controls: JobControls,
): Promise<void> {
  const from = await findPlace(inputs, partial);
  // What is read again says again what failed.
  const isRead = new Set(inputs.videos.slice(0, from.videos).map(({ video }) => video));
  partial.failures.splice(0, Infinity, ...partial.failures.filter(({ video }) => isRead.has(video)));
  const fingerprint = model.fingerprint.slice(0, fingerprintLetters);
  const made = {
    model: fingerprint,
    ...(layer !== undefined && { layer }),
    ...(pooling !== 'mean' && { pooling }),
  };
  const onFailure = (failure: FailureRecord) => partial.failures.push(failure);
  const batch = clipsAtOnce(model.config.model);
  let keptAt = performance.now();
  try {
    for await (const { h, ...source } of embedClips(model, inputs, { onFailure, from, layer, pooling }, controls)) {
      await partial.append({ source: { ...source, ...made }, h });
      // Between two calls of the engine, so that whoever goes on makes the same calls.
      if (partial.rows() % batch > 0) continue;
      partial.mark();
      if (performance.now() - keptAt < keptMilliseconds) continue;
      await partial.keep();
      keptAt = performance.now();
    }
    partial.mark();
  } finally {
    await partial.keep();
  }
}

/** Where the inputs go on after what is there. */
async function findPlace({ datasets, videos }: ClipInputs, partial: PartialEmbedding): Promise<StreamPlace> {
  const ofDatasets = datasets.reduce((sum, { rows }) => sum + rows.length, 0);
  const datasetClips = Math.min(ofDatasets, partial.rows());
  let [row, last, clipsOfVideo] = [0, '', 0];
  for await (const { video } of partial.readSources()) {
    row += 1;
    if (row <= ofDatasets) continue;
    clipsOfVideo = video === last ? clipsOfVideo + 1 : 1;
    last = video;
  }
  if (clipsOfVideo === 0) return { datasetClips, videos: 0, clipsOfVideo };
  return { datasetClips, videos: videos.findIndex(({ video }) => video === last), clipsOfVideo };
}

/** Gives what is there its last form and name. @returns how many rows it has */
async function finish(
  partial: PartialEmbedding,
  shape: readonly number[],
  out: string,
  average: boolean,
): Promise<number> {
  if (average) return writeEmbeddings(averageVideos(partial.readRows()), shape, out);
  if (formOf(out) === 'parquet') return writeEmbeddings(partial.readRows(), shape, out);
  // It has that form already.
  await partial.finish();
  await rename(partial.vectors, out);
  await rename(partial.list, listOf(out));
  await syncFolder(dirname(out));
  return partial.rows();
}

/** One row a video; its clips follow one another. */
async function* averageVideos(rows: AsyncIterable<EmbeddedRow>): AsyncGenerator<EmbeddedRow, void> {
  let video: { readonly first: EmbeddedRow; readonly sum: Float64Array; clips: number } | undefined;
  const mean = ({ first: { source }, sum, clips }: NonNullable<typeof video>): EmbeddedRow => ({
    source: { ...source, clips },
    h: Float32Array.from(sum, (value) => value / clips),
  });
  for await (const row of rows) {
    if (video !== undefined && video.first.source.video !== row.source.video) {
      yield mean(video);
      video = undefined;
    }
    video ??= { first: row, sum: new Float64Array(row.h.length), clips: 0 };
    for (const [index, value] of row.h.entries()) video.sum[index] = (video.sum[index] ?? 0) + value;
    video.clips += 1;
  }
  if (video !== undefined) yield mean(video);
}

/** @throws {LacunaError} `input` where there is no such folder, or a folder has a file's name. */
async function checkPlaces(out: string): Promise<void> {
  for (const file of [out, listOf(out)]) {
    const isInTheWay = await stat(file).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isInTheWay) throw new LacunaError('input', `${file} cannot be written; choose another --out.`);
  }
}
