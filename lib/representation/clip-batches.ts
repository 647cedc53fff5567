// Owns the clips of many videos and datasets as a stream of batches for a model. Knows nothing of what the model makes of them.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { FailureRecord } from '../dataset/dataset-files.js';
import { inOrder } from '../clip/in-order.js';
import { nameFailure } from '../dataset/name-failures.js';
import { type ReadOptions, readVideo } from '../dataset/read-video.js';
import type { FoundVideo } from '../dataset/scan.js';
import { clipShapeOfModel } from '../model/model-config.js';
import type { LoadedModel } from '../run/load-model.js';
import { readingOf } from '../run/run-config.js';
import type { ClipInputs } from './clip-inputs.js';
import { clipsAtOnce } from './clips-at-once.js';

/** Clips of later videos that may wait in memory. */
const ahead = 32;

/** Where a clip is from; what is not known is left out. */
export const clipSourceSchema = z.object({
  /** Relative to the input that it was found in, with `/`; in a dataset as its list says. */
  video: z.string(),
  /** From the video's first frame to the clip's first. */
  startSeconds: z.number().min(0),
  /** Its class, where a dataset says it. */
  label: z.string().exactOptional(),
});
/** See {@link clipSourceSchema}. */
export type ClipSource = Readonly<z.output<typeof clipSourceSchema>>;

/** Clips for one call of the engine. */
export type ClipBatch = {
  readonly clips: readonly ClipSource[];
  /** `uint8 [clips, T, H, W, C]`, the reader's to give away. */
  readonly pixels: Uint8Array<ArrayBuffer>;
};

/** Where a stream begins that goes on after another one. */
export type StreamPlace = {
  /** Clips of datasets that are left out at the beginning. */
  readonly datasetClips: number;
  /** Videos that are left out before the first. */
  readonly videos: number;
  /** Clips of the first video that are left out. */
  readonly clipsOfVideo: number;
};

/** What a stream of clips does beside it. */
export type ClipStreamOptions = {
  /** Called for each video that could not be read, or not in full. Without it, such a video is an error after all others. */
  readonly onFailure?: ((failure: FailureRecord) => void) | undefined;
  /** Default: the beginning. */
  readonly from?: StreamPlace | undefined;
};

const beginning: StreamPlace = { datasetClips: 0, videos: 0, clipsOfVideo: 0 };

type ReadClip = { readonly source: ClipSource; readonly pixels: Uint8Array };

/**
 * Yields the clips in order, in full batches but for the last: those of datasets as they are, and those of videos one after the other
 * without a gap. Videos are decoded ahead while the model runs.
 * @throws {LacunaError} `input` where a video cannot be read and nobody asked for failures.
 */
export async function* readClipBatches(
  { config }: Pick<LoadedModel, 'config'>,
  inputs: ClipInputs,
  { onFailure, from = beginning }: ClipStreamOptions,
  { signal, onProgress }: JobControls,
): AsyncGenerator<ClipBatch, void> {
  const { model, data } = config;
  const batch = clipsAtOnce(model);
  const failures: FailureRecord[] = [];
  const waiting: ReadClip[] = [];
  const take = (): ClipBatch => {
    const clips = waiting.splice(0);
    const length = clipLength(clipShapeOfModel(model));
    const pixels = new Uint8Array(clips.length * length);
    for (const [index, clip] of clips.entries()) pixels.set(clip.pixels, index * length);
    return { clips: clips.map(({ source }) => source), pixels };
  };
  const options = { ...readingOf(config), hop: model.frames * data.stride };
  const all = async function* () {
    yield* readDatasets(inputs, from, { signal, onProgress });
    yield* readVideos(inputs.videos, from, options, failures, { signal, onProgress });
  };
  for await (const clip of all()) {
    waiting.push(clip);
    if (waiting.length === batch) yield take();
    if (onFailure) failures.splice(0).forEach(onFailure);
  }
  signal?.throwIfAborted();
  if (waiting.length > 0) yield take();
  if (onFailure) failures.splice(0).forEach(onFailure);
  const [first] = failures;
  if (first === undefined) return;
  const more = failures.length > 1 ? `, and ${failures.length - 1} more could not be read either` : '';
  throw new LacunaError('input', `${nameFailure(first)}${more}.`);
}

async function* readVideos(
  videos: ClipInputs['videos'],
  { videos: first, clipsOfVideo }: StreamPlace,
  options: ReadOptions,
  failures: FailureRecord[],
  { signal, onProgress }: JobControls,
): AsyncGenerator<ReadClip, void> {
  const read = ({ path }: FoundVideo, stop: AbortSignal) => readVideo(path, options, stop);
  let [done, leftOut] = [first, 0];
  for await (const { job, items } of inOrder(
    videos.slice(first),
    { jobs: availableParallelism(), ahead, signal },
    read,
  )) {
    const { video } = job;
    for await (const item of items) {
      signal?.throwIfAborted();
      if ('failure' in item) failures.push({ video, ...item.failure });
      else if (done === first && leftOut < clipsOfVideo) leftOut += 1;
      else yield { source: { video, startSeconds: item.clip.startFrame / options.fps }, pixels: item.clip.pixels };
    }
    done += 1;
    onProgress?.({ unit: 'videos', done, total: videos.length, note: video });
  }
}

async function* readDatasets(
  { datasets }: ClipInputs,
  { datasetClips }: StreamPlace,
  { signal, onProgress }: JobControls,
): AsyncGenerator<ReadClip, void> {
  const total = datasets.reduce((sum, { rows }) => sum + rows.length, 0);
  let done = 0;
  for (const {
    dataset: { clips, shape, readClips },
    rows,
  } of datasets) {
    for (const row of rows) {
      done += 1;
      if (done <= datasetClips) continue;
      signal?.throwIfAborted();
      const { video = '', startSeconds = NaN, label } = clips[row] ?? {};
      const pixels = new Uint8Array(clipLength(shape));
      await readClips([row], pixels, signal);
      yield { source: { video, startSeconds, ...(label !== undefined && { label }) }, pixels };
      onProgress?.({ unit: 'clips', done, total, note: video });
    }
  }
}
