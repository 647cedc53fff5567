// Owns the clips of many videos and datasets as a stream of batches for a model. Knows nothing of what the model makes of them.
import { availableParallelism } from 'node:os';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { datasetNames, type FailureRecord } from '../dataset/dataset-files.js';
import { inOrder } from '../dataset/in-order.js';
import { nameFailure } from '../dataset/name-failures.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { readVideo } from '../dataset/read-video.js';
import { type FoundVideo, scanInputs } from '../dataset/scan.js';
import type { LoadedModel } from '../run/load-model.js';
import { checkClipsOfModel } from './clips-of-model.js';

/** Where a clip is from. */
export type ClipSource = {
  /** Relative to the input that it was found in, with `/`; in a dataset as its list says. */
  readonly video: string;
  /** From the video's first frame to the clip's first. */
  readonly startSeconds: number;
  /** Its class, where a dataset says it. */
  readonly label?: string;
};

/** Clips for one call of the engine. */
export type ClipBatch = {
  readonly clips: readonly ClipSource[];
  /** `uint8 [clips, T, H, W, C]`, the reader's to give away. */
  readonly pixels: Uint8Array<ArrayBuffer>;
};

/** What a stream of clips does beside it. */
export type ClipStreamOptions = {
  /** Called for each video that could not be read, or not in full. Without it, such a video is an error after all others. */
  readonly onFailure?: ((failure: FailureRecord) => void) | undefined;
};

/** Clips of one call of the engine. */
export const clipsOfBatch = 8;

type ReadClip = { readonly source: ClipSource; readonly pixels: Uint8Array };

/**
 * Yields the clips of each input in order, in full batches but for the last: those of a dataset as they are, and those of videos one
 * after the other without a gap. Videos are decoded ahead while the model runs.
 * @throws {LacunaError} `input` where an input does not exist, no video is found, or one cannot be read and nobody asked for failures;
 * `usage` where the clips of a dataset are of another shape than the model's.
 */
export async function* readClipBatches(
  model: Pick<LoadedModel, 'folder' | 'config'>,
  inputs: readonly string[],
  { onFailure }: ClipStreamOptions,
  { signal, onProgress }: JobControls,
): AsyncGenerator<ClipBatch, void> {
  signal?.throwIfAborted();
  const { model: network } = model.config;
  const datasets: string[] = [];
  const others: string[] = [];
  for (const input of inputs) ((await isDataset(input)) ? datasets : others).push(input);
  const failures: FailureRecord[] = [];
  const waiting: ReadClip[] = [];
  const take = (): ClipBatch => {
    const clips = waiting.splice(0);
    const length = clipLength({ frames: network.frames, height: network.size, width: network.size, channels: 3 });
    const pixels = new Uint8Array(clips.length * length);
    for (const [index, clip] of clips.entries()) pixels.set(clip.pixels, index * length);
    return { clips: clips.map(({ source }) => source), pixels };
  };
  for (const folder of datasets) {
    const dataset = await openDataset(folder);
    try {
      checkClipsOfModel(model.folder, network, dataset);
      for await (const clip of readDataset(dataset, { signal, onProgress })) {
        waiting.push(clip);
        if (waiting.length === clipsOfBatch) yield take();
      }
    } finally {
      await dataset.close();
    }
  }
  if (others.length > 0) {
    for await (const clip of readVideos(model, others, failures, { signal, onProgress })) {
      waiting.push(clip);
      if (waiting.length === clipsOfBatch) yield take();
      if (onFailure) failures.splice(0).forEach(onFailure);
    }
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
  { config: { model, data } }: Pick<LoadedModel, 'config'>,
  inputs: readonly string[],
  failures: FailureRecord[],
  { signal, onProgress }: JobControls,
): AsyncGenerator<ReadClip, void> {
  const { videos } = await scanInputs(inputs, { signal });
  if (videos.length === 0) {
    throw new LacunaError('input', `No video was found in ${inputs.join(', ')}; name files or folders that hold some.`);
  }
  const { frames, size } = model;
  const options = { frames, size, stride: data.stride, hop: frames * data.stride, fps: data.fps, fit: data.fit };
  const read = ({ path }: FoundVideo, stop: AbortSignal) => readVideo(path, options, stop);
  const ahead = 4 * clipsOfBatch;
  let done = 0;
  for await (const { job, items } of inOrder(videos, { jobs: availableParallelism(), ahead, signal }, read)) {
    const { video } = job;
    for await (const item of items) {
      signal?.throwIfAborted();
      if ('failure' in item) failures.push({ video, ...item.failure });
      else yield { source: { video, startSeconds: item.clip.startFrame / data.fps }, pixels: item.clip.pixels };
    }
    done += 1;
    onProgress?.({ unit: 'videos', done, total: videos.length, note: video });
  }
}

async function* readDataset(
  { clips, shape, readClips }: Dataset,
  { signal, onProgress }: JobControls,
): AsyncGenerator<ReadClip, void> {
  for (const [row, { video, startSeconds, label }] of clips.entries()) {
    signal?.throwIfAborted();
    const pixels = new Uint8Array(clipLength(shape));
    await readClips([row], pixels, signal);
    yield { source: { video, startSeconds, ...(label !== undefined && { label }) }, pixels };
    onProgress?.({ unit: 'clips', done: row + 1, total: clips.length, note: video });
  }
}

function isDataset(folder: string): Promise<boolean> {
  return stat(join(folder, datasetNames.description)).then(
    (found) => found.isFile(),
    () => false,
  );
}
