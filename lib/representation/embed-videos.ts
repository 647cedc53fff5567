// Owns the representation of many videos' clips, as a stream. Knows nothing of files that are written.
import { availableParallelism } from 'node:os';
import { clipLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { FailureRecord } from '../dataset/dataset-files.js';
import { inOrder } from '../dataset/in-order.js';
import { nameFailure } from '../dataset/name-failures.js';
import { readVideo } from '../dataset/read-video.js';
import { type FoundVideo, scanInputs } from '../dataset/scan.js';
import { clipShapeOfModel } from '../model/model-config.js';
import type { LoadedModel } from '../run/load-model.js';

/** The representation of one clip. */
export type Embedding = {
  /** Relative to the input that it was found in, with `/`. */
  readonly video: string;
  /** From the video's first frame to the clip's first. */
  readonly startSeconds: number;
  /** `[D]`. */
  readonly h: Float32Array;
};

/** What a stream of embeddings does beside it. */
export type EmbedStreamOptions = {
  /** Called for each video that could not be read, or not in full. Without it, such a video is an error after all others. */
  readonly onFailure?: ((failure: FailureRecord) => void) | undefined;
};

/** Clips of one call of the engine. */
const batch = 8;

type WaitingClip = { readonly video: string; readonly startSeconds: number; readonly pixels: Uint8Array };

/**
 * Yields the representation of each clip of each video, in order; clips follow one another without a gap. Videos are decoded
 * ahead while the model runs.
 * @throws {LacunaError} `input` where an input does not exist, no video is found, or one cannot be read and nobody asked for
 * failures.
 */
export async function* embedVideos(
  model: LoadedModel,
  inputs: readonly string[],
  { onFailure }: EmbedStreamOptions = {},
  { signal, onProgress }: JobControls = {},
): AsyncGenerator<Embedding, void> {
  signal?.throwIfAborted();
  const { model: network, data } = model.config;
  const { videos } = await scanInputs(inputs, { signal });
  if (videos.length === 0) {
    throw new LacunaError('input', `No video was found in ${inputs.join(', ')}; name files or folders that hold some.`);
  }
  const { frames, size } = network;
  const options = { frames, size, stride: data.stride, hop: frames * data.stride, fps: data.fps, fit: data.fit };
  const read = ({ path }: FoundVideo, stop: AbortSignal) => readVideo(path, options, stop);
  const failures: FailureRecord[] = [];
  const waiting: WaitingClip[] = [];
  let done = 0;
  for await (const { job, items } of inOrder(
    videos,
    { jobs: availableParallelism(), ahead: 4 * batch, signal },
    read,
  )) {
    const { video } = job;
    for await (const item of items) {
      signal?.throwIfAborted();
      if ('failure' in item) failures.push({ video, ...item.failure });
      else waiting.push({ video, startSeconds: item.clip.startFrame / data.fps, pixels: item.clip.pixels });
      if (waiting.length === batch) yield* embedClips(model, waiting.splice(0), signal);
    }
    done += 1;
    onProgress?.({ unit: 'videos', done, total: videos.length, note: video });
    if (onFailure) failures.splice(0).forEach(onFailure);
  }
  signal?.throwIfAborted();
  if (waiting.length > 0) yield* embedClips(model, waiting, signal);
  const [first] = failures;
  if (first === undefined) return;
  const more = failures.length > 1 ? `, and ${failures.length - 1} more could not be read either` : '';
  throw new LacunaError('input', `${nameFailure(first)}${more}.`);
}

async function* embedClips(
  { config, compute }: LoadedModel,
  clips: readonly WaitingClip[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Embedding, void> {
  const length = clipLength(clipShapeOfModel(config.model));
  const pixels = new Uint8Array(clips.length * length);
  for (const [index, clip] of clips.entries()) pixels.set(clip.pixels, index * length);
  const all = await compute.call('embed', { pixels, clips: clips.length, batch }, [pixels.buffer]);
  const width = all.length / clips.length;
  for (const [index, { video, startSeconds }] of clips.entries()) {
    signal?.throwIfAborted();
    yield { video, startSeconds, h: all.slice(index * width, (index + 1) * width) };
  }
}
