// Owns the filling in of one clip of a video. Knows nothing of files that are written.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { toRgb } from '../clip/grey.js';
import type { JobControls } from '../clip/job.js';
import { readFirstClip } from '../dataset/read-first-clip.js';
import { pixelMask } from '../masking/hidden-pixels.js';
import { formatHide, parseHide } from '../masking/hide-expression.js';
import { planMask } from '../masking/plan-mask.js';
import { gridOfModel } from '../model/model-config.js';
import { checkFills, type LoadedModel } from '../run/load-model.js';
import { readingOf } from '../run/run-config.js';
import { fillClips } from './fill-clips.js';

/** What is filled in. */
export type PredictOptions = {
  /** In the grammar of `--hide`; frames and pixels are those of the clip that the model reads. */
  readonly hide: string;
  /** Where the clip begins in the video. Default 0. */
  readonly startSeconds?: number | undefined;
  /** Decides what `patches`, `gap:F` and other random parts hide, a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
};

/** A clip that a model has filled in. */
export type Prediction = {
  /** `uint8 [T, H, W, 3]`: filled in where it was hidden, as it was elsewhere; grey as equal values where the model is grey. */
  readonly frames: Uint8Array<ArrayBuffer>;
  /** `[T, H, W, 3]`. */
  readonly shape: readonly [number, number, number, number];
  /** Frames a second. */
  readonly fps: number;
  /** The clip as it was, of the same shape. The model saw it only where nothing is hidden. */
  readonly truth: Uint8Array<ArrayBuffer>;
  /** `[T, H, W]`, 1 where it was hidden. */
  readonly hidden: Uint8Array<ArrayBuffer>;
  /** What was hidden, as it would be written. */
  readonly hide: string;
};

const optionsSchema = z.strictObject({
  hide: z.string(),
  startSeconds: z.number().min(0).default(0),
  seed: z.int().min(0).default(0),
});

/**
 * Reads one clip of a video, hides a part of it, and lets the model fill that in.
 * @throws {LacunaError} `usage` where what is hidden does not fit the clip; `input` where the video cannot be read or is too
 * short.
 */
export async function predict(
  model: LoadedModel,
  video: string,
  options: PredictOptions,
  { signal }: JobControls = {},
): Promise<Prediction> {
  const { hide: text, startSeconds, seed } = checkOptions(optionsSchema, options, 'predict');
  checkFills(model);
  const { model: network, data } = model.config;
  const hide = parseHide(text);
  const plan = planMask(hide, gridOfModel(network), { seed, step: 0, sample: 0 });
  const { frames, size, channels } = network;
  const truth = await readFirstClip(video, { ...readingOf(model.config), startSeconds }, signal);
  const [filled] = await fillClips(model, [truth], [plan]);
  if (filled === undefined) throw new Error('the model filled nothing in');
  signal?.throwIfAborted();
  return {
    frames: toRgb(Uint8Array.from(filled, Math.round), channels),
    shape: [frames, size, size, 3],
    fps: data.fps / data.stride,
    truth: toRgb(truth, channels),
    hidden: pixelMask(plan),
    hide: formatHide(hide),
  };
}
