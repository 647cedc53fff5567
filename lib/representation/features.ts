// Owns the features of a dataset's clips that probes are trained on: those of an encoder, and the clips themselves. Knows nothing of
// classes.
import { createAugmenter } from '../clip/augment-clips.js';
import { clipLength, type ClipShape } from '../clip/clip.js';
import type { Augmentation } from '../clip/draw-augmentation.js';
import type { JobControls } from '../clip/job.js';
import { createRandom } from '../clip/random.js';
import type { Dataset } from '../dataset/open-dataset.js';
import type { ModelConfig, TokenPooling } from '../model/model-config.js';
import type { Compute } from '../run/compute.js';
import { clipsAtOnce } from './clips-at-once.js';
import type { Features } from './head-task.js';

/** Which features, and of what. */
export type FeatureChoice = {
  /** Of the encoder. Default: the last one. */
  readonly layer?: number | undefined;
  /** Whether the frames of each clip are put into a random order before, drawn from the seed and its row. Default false. */
  readonly shuffle?: { readonly seed: number } | undefined;
  /** How the clip of each row is changed before. Default: not. */
  readonly change?: ((row: number) => Augmentation) | undefined;
};

/** Tokens of a clip take at most this many bytes together with those of all others; else neighbours in space are averaged. */
const mostBytes = 2 ** 30;

/** The tokens of an encoder, `[rows, tokens, D]`: neighbours in space are averaged as far as it takes to keep all in memory. */
export async function readTokens(
  compute: Pick<Compute, 'call'>,
  model: ModelConfig,
  dataset: Dataset,
  rows: Int32Array,
  choice: FeatureChoice,
  controls: JobControls,
): Promise<Features> {
  const { layer } = choice;
  // Only now: it loads tfjs.
  const { layersOf } = await import('../model/parameters.js');
  const layout = layersOf(model).at(layer ?? -1);
  if (layout === undefined) throw new RangeError(`the encoder has no layer ${layer}`);
  const { steps, width } = layout;
  let grid = { rows: layout.rows, columns: layout.columns };
  const bytesOf = ({ rows: high, columns: wide }: typeof grid) => 4 * rows.length * steps * high * wide * width;
  const halvings: (typeof grid)[] = [];
  while (bytesOf(grid) > mostBytes && grid.rows % 2 === 0 && grid.columns % 2 === 0) {
    halvings.push(grid);
    grid = { rows: grid.rows / 2, columns: grid.columns / 2 };
  }
  const tokens = steps * grid.rows * grid.columns;
  const values = new Float32Array(rows.length * tokens * width);
  const asked = { ...choice, pooling: 'tokens' } as const;
  for await (const { start, made } of embedRows(compute, model, dataset, rows, asked, controls)) {
    values.set(
      halvings.reduce((all, from) => averageSquares(all, from, width), made),
      start * tokens * width,
    );
  }
  return { values, tokens, width };
}

/** One vector a clip, `[rows, 1, …]`: what a pooling makes of its tokens, laid out in one line. */
export async function readVectors(
  compute: Pick<Compute, 'call'>,
  model: ModelConfig,
  dataset: Dataset,
  rows: Int32Array,
  choice: PooledChoice,
  controls: JobControls,
): Promise<Features> {
  let values = new Float32Array(0);
  for await (const { start, clips, made } of embedRows(compute, model, dataset, rows, choice, controls)) {
    const width = made.length / clips;
    if (start === 0) values = new Float32Array(rows.length * width);
    values.set(made, start * width);
  }
  return { values, tokens: 1, width: values.length / rows.length };
}

type PooledChoice = FeatureChoice & { readonly pooling: TokenPooling };

/** What the encoder makes of the clips, some at a time. */
async function* embedRows(
  { call }: Pick<Compute, 'call'>,
  model: ModelConfig,
  dataset: Dataset,
  rows: Int32Array,
  { layer, pooling, ...reading }: PooledChoice,
  { signal, onProgress }: JobControls,
): AsyncGenerator<{ readonly start: number; readonly clips: number; readonly made: Float32Array }, void> {
  const read = createClipReader(dataset, reading);
  const batch = clipsAtOnce(model);
  for (let start = 0; start < rows.length; start += batch) {
    signal?.throwIfAborted();
    const part = rows.subarray(start, start + batch);
    const pixels = await read(part, signal);
    const made = await call('embed', { pixels, clips: part.length, batch, layer, pooling }, [pixels.buffer]);
    yield { start, clips: part.length, made };
    onProgress?.({ unit: 'clips', done: start + part.length, total: rows.length });
  }
}

/** Pixels a side that a frame is averaged to. */
const rawSize = 8;

/** The clips themselves, each frame averaged to 8 × 8 pixels, values 0 to 1, `[rows, T, 8·8·C]`: one token a frame. */
export async function readRawPixels(
  dataset: Dataset,
  rows: Int32Array,
  reading: Omit<FeatureChoice, 'layer'>,
  { signal }: JobControls,
): Promise<Features> {
  const { shape } = dataset;
  const width = rawSize * rawSize * shape.channels;
  const values = new Float32Array(rows.length * shape.frames * width);
  const read = createClipReader(dataset, reading);
  for (const [place, row] of rows.entries()) {
    signal?.throwIfAborted();
    const pixels = await read(Int32Array.of(row), signal);
    averageFrames(pixels, shape, values.subarray(place * shape.frames * width, (place + 1) * shape.frames * width));
  }
  return { values, tokens: shape.frames, width };
}

/** One vector a clip: the mean of its tokens, `[rows, 1, D]`. */
export function averageTokens({ values, tokens, width }: Features): Features {
  const mean = new Float32Array(values.length / tokens);
  for (const [index, value] of values.entries()) {
    const place = Math.floor(index / (tokens * width)) * width + (index % width);
    mean[place] = (mean[place] ?? 0) + value / tokens;
  }
  return { values: mean, tokens: 1, width };
}

/** One vector a clip: its tokens one after the other, `[rows, 1, tokens · D]`. */
export function joinTokens({ values, tokens, width }: Features): Features {
  return { values, tokens: 1, width: tokens * width };
}

/** Reads clips, changed as they are to be, and their frames in the order of time or in a random one. */
function createClipReader(
  dataset: Pick<Dataset, 'shape' | 'readClips'>,
  { shuffle, change }: Omit<FeatureChoice, 'layer'>,
): (rows: Int32Array, signal: AbortSignal | undefined) => Promise<Uint8Array<ArrayBuffer>> {
  const { shape } = dataset;
  const length = clipLength(shape);
  const augment = createAugmenter(shape);
  return async (rows, signal) => {
    const pixels = new Uint8Array(rows.length * length);
    await dataset.readClips(rows, pixels, signal);
    if (change !== undefined) augment(pixels, Array.from(rows, change), 1);
    if (shuffle === undefined) return pixels;
    const frame = length / shape.frames;
    const turned = new Uint8Array(pixels.length);
    for (const [place, row] of rows.entries()) {
      const order = createRandom(shuffle.seed, 'frame order', row).shuffle(
        Int32Array.from({ length: shape.frames }, (_, index) => index),
      );
      for (const [index, from] of order.entries()) {
        const source = place * length + from * frame;
        turned.set(pixels.subarray(source, source + frame), place * length + index * frame);
      }
    }
    return turned;
  };
}

/** `[…, rows, columns, D]` → `[…, rows / 2, columns / 2, D]`: each square of four by its mean. */
function averageSquares(
  values: Float32Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  width: number,
): Float32Array {
  const halved = new Float32Array(values.length / 4);
  for (const [index, value] of values.entries()) {
    const token = Math.floor(index / width);
    const [column, line] = [token % columns, Math.floor(token / columns)];
    const place = (Math.floor(line / rows) * (rows / 2) + Math.floor((line % rows) / 2)) * (columns / 2);
    const at = (place + Math.floor(column / 2)) * width + (index % width);
    halved[at] = (halved[at] ?? 0) + value / 4;
  }
  return halved;
}

/** Each frame averaged over `rawSize × rawSize` areas; a size that is no multiple of it has areas that differ by a pixel. */
function averageFrames(pixels: Uint8Array, { frames, height, width, channels }: ClipShape, into: Float32Array): void {
  const areaOf = (place: number, length: number) => Math.min(rawSize - 1, Math.floor((place * rawSize) / length));
  const counts = new Float32Array(rawSize * rawSize);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const area = areaOf(y, height) * rawSize + areaOf(x, width);
      counts[area] = (counts[area] ?? 0) + 1;
    }
  }
  for (let frame = 0, source = 0; frame < frames; frame++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const area = areaOf(y, height) * rawSize + areaOf(x, width);
        for (let channel = 0; channel < channels; channel++, source++) {
          const at = (frame * rawSize * rawSize + area) * channels + channel;
          into[at] = (into[at] ?? 0) + (pixels[source] ?? 0) / (255 * (counts[area] ?? 1));
        }
      }
    }
  }
}
