// Owns the representation of many videos' clips, as a stream. Knows nothing of files that are written.
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { TokenPooling } from '../model/model-config.js';
import type { LoadedModel } from '../run/load-model.js';
import { type ClipSource, type ClipStreamOptions, readClipBatches } from './clip-batches.js';
import { type ClipInputs, openClipInputs } from './clip-inputs.js';
import { clipsAtOnce } from './clips-at-once.js';
import { oneAhead } from './one-ahead.js';

/** The representation of one clip. */
export type Embedding = ClipSource & {
  /** `[D]`; by frames `[T / t, D]`; by tokens `[N, D]`. */
  readonly h: Float32Array;
};

/** Which vectors are handed out. */
export type VectorChoice = {
  /** A layer of the encoder, from 0, which is what the first block is given. Default: the last one. */
  readonly layer?: number | undefined;
  /** One vector a clip (`mean`), one for each step of time (`frames`), or all `tokens`. Default `mean`. */
  readonly pooling?: TokenPooling | undefined;
};

/** What a stream of embeddings does beside it. */
export type EmbedStreamOptions = Pick<ClipStreamOptions, 'onFailure'> & VectorChoice;

/**
 * The shape of what is handed out of one clip.
 * @throws {LacunaError} `usage` where the encoder has no such layer, or no vectors by frames.
 */
export async function vectorShape(
  { config: { model } }: Pick<LoadedModel, 'config'>,
  choice: VectorChoice,
): Promise<readonly number[]> {
  const { layer, pooling = 'mean' } = choice;
  // Only now: they load tfjs.
  const { layersOf } = await import('../model/parameters.js');
  const { pooledShape } = await import('../model/token-pooling.js');
  const layers = layersOf(model);
  const layout = layers.at(layer ?? -1);
  if (layout === undefined || (layer ?? 0) < 0) {
    throw new LacunaError('usage', `The encoder has the layers 0 to ${layers.length - 1}, and --layer says ${layer}.`);
  }
  if (pooling === 'frames' && layout.steps === 1) {
    throw new LacunaError(
      'usage',
      'The encoder has all frames of a clip in each token, so that there are no vectors by frames; take --pool mean or tokens.',
    );
  }
  return pooledShape(layout, pooling);
}

/**
 * Yields the representation of each clip of each video or dataset, in order; see `readClipBatches`.
 * @throws {LacunaError} what `openClipInputs`, `readClipBatches` and {@link vectorShape} throw.
 */
export async function* embedVideos(
  model: LoadedModel,
  inputs: readonly string[],
  options: EmbedStreamOptions = {},
  controls: JobControls = {},
): AsyncGenerator<Embedding, void> {
  await vectorShape(model, options);
  const opened = await openClipInputs(model, inputs, controls.signal);
  try {
    yield* embedClips(model, opened, options, controls);
  } finally {
    await opened.close();
  }
}

/** The same of clips that were found. */
export async function* embedClips(
  model: LoadedModel,
  inputs: ClipInputs,
  { onFailure, from, layer, pooling }: EmbedStreamOptions & Pick<ClipStreamOptions, 'from'>,
  controls: JobControls,
): AsyncGenerator<Embedding, void> {
  const batch = clipsAtOnce(model.config.model);
  const batches = readClipBatches(model, inputs, { onFailure, from }, controls);
  for await (const { clips, pixels } of oneAhead(batches)) {
    const all = await model.compute.call('embed', { pixels, clips: clips.length, batch, layer, pooling }, [
      pixels.buffer,
    ]);
    const length = all.length / clips.length;
    for (const [index, clip] of clips.entries()) {
      controls.signal?.throwIfAborted();
      yield { ...clip, h: all.slice(index * length, (index + 1) * length) };
    }
  }
}
