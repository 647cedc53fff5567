// Owns how wrong a model is about what comes next, over the time of a video. Knows nothing of who reads it.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { clipLength, frameLength } from '../clip/clip.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { decodeOptionsOf } from '../dataset/read-video.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { parseHide } from '../masking/hide-expression.js';
import { planMask } from '../masking/plan-mask.js';
import { findMoments, type Moment, type TimedError } from '../measures/surprise-moments.js';
import { clipShapeOfModel, gridOfModel } from '../model/model-config.js';
import { checkFills, type LoadedModel, loadModel, type LoadOptions } from '../run/load-model.js';
import { readingOf } from '../run/run-config.js';
import { decodeVideo } from '../video/decode.js';
import { limitFrames } from '../video/limit-frames.js';
import { fillClips, mostClips } from './fill-clips.js';
import { reachOfModel } from './trained-reach.js';

/** What is watched. */
export type SurpriseOptions = LoadOptions & {
  /** A run folder; the more its training has hidden of the future, the better. */
  readonly model: string;
  readonly video: string;
  /** How many moments are named at most, from 1. Default 10. */
  readonly moments?: number | undefined;
  /** Seconds between two of them at least. Default 0.5. */
  readonly apartSeconds?: number | undefined;
};

/** How wrong the model was about one frame, at its time. */
export type FrameSurprise = TimedError & {
  /** The same of the frame before in its place. */
  readonly copyLast: number;
};

/** What was found. */
export type SurpriseResult = {
  /** Frames a second that the video was read at. */
  readonly fps: number;
  /** In the order of time, from the first frame that enough others come before. Mean squared errors of values in [0, 1]. */
  readonly frames: readonly FrameSurprise[];
  /** The largest first. */
  readonly moments: readonly Moment[];
};

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  video: z.string().min(1),
  moments: z.int().min(1).max(10_000).default(10),
  apartSeconds: z.number().min(0).default(0.5),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/**
 * Lets a model fill in each frame from those before it, and measures by how much it was wrong.
 * @throws {LacunaError} `usage` where the model fills nothing in; `input` where the model or the video cannot be read, or the video is
 * shorter than what the model must see.
 */
export async function surprise(options: SurpriseOptions, controls: JobControls = {}): Promise<SurpriseResult> {
  const checked = checkOptions(optionsSchema, options, 'surprise');
  const { model: folder, video, moments, apartSeconds, engine, device, threads } = checked;
  controls.signal?.throwIfAborted();
  const model = await loadModel(folder, { engine, device, threads });
  try {
    checkFills(model);
    const frames: FrameSurprise[] = [];
    for await (const frame of watchVideo(model, video, controls)) frames.push(frame);
    // Frames of several phases come in turns.
    frames.sort((one, other) => one.seconds - other.seconds);
    return { fps: model.config.data.fps, frames, moments: findMoments(frames, moments, apartSeconds) };
  } finally {
    await model.compute.close();
  }
}

/** The frames that the model is asked for, and what it has seen before them. */
type Window = {
  readonly clip: Uint8Array;
  readonly first: number;
  readonly truth: readonly Uint8Array[];
  /** How many of them a window before was asked for. */
  readonly known: number;
};

async function* watchVideo(
  model: LoadedModel,
  video: string,
  { signal, onProgress }: JobControls,
): AsyncGenerator<FrameSurprise, void> {
  const { model: network } = model.config;
  const { frames: length, tubeletFrames: ahead } = network;
  const reading = readingOf(model.config);
  const { fps, stride } = reading;
  const { future } = reachOfModel(model.config);
  const seen = length - future;
  // As many frames as a tubelet has are asked for at once, each `stride` after the other.
  const plan = planMask(parseHide(`future:${future}`), gridOfModel(network), { seed: 0, step: 0, sample: 0 });
  const shape = clipShapeOfModel(network);
  const bytes = frameLength(shape);
  const before: Uint8Array[] = [];
  const windows: Window[] = [];
  let count = 0;
  /** How many frames of its phase come after those that were asked for last, with this one; 0 where it is itself the last of them. */
  const leftAt = (end: number) => (Math.floor(end / stride) + 1 - seen) % ahead;
  const measure = async (): Promise<FrameSurprise[]> => {
    const asked = windows.splice(0);
    const plans = asked.map(() => plan);
    const filled = await fillClips(
      model,
      asked.map(({ clip }) => clip),
      plans,
    );
    return asked.flatMap(({ first, truth, clip, known }, index) =>
      truth.slice(known).map((frame, place) => {
        const step = known + place;
        const start = (seen + step) * bytes;
        const last = truth[step - 1] ?? clip.subarray((seen - 1) * bytes, seen * bytes);
        return {
          seconds: (first + step * stride) / fps,
          error: squaredError(filled[index]?.subarray(start, start + bytes) ?? new Float32Array(0), frame),
          copyLast: squaredError(last, frame),
        };
      }),
    );
  };
  /** Asks for the frames that end with one, where enough others come before. */
  const ask = (end: number, known: number) => {
    const first = end - (ahead - 1) * stride;
    const start = first - seen * stride;
    if (start < 0) return;
    const at = (index: number) => before[index - (count - before.length)] ?? new Uint8Array(bytes);
    const clip = new Uint8Array(clipLength(shape));
    for (let step = 0; step < seen; step++) clip.set(at(start + step * stride), step * bytes);
    const truth = Array.from({ length: ahead }, (_, step) => at(first + step * stride));
    windows.push({ clip, first, truth, known });
  };
  const decoded = decodeVideo(video, decodeOptionsOf(reading), { signal });
  for await (const frame of limitFrames(video, decoded, { fps, maxSeconds: undefined })) {
    before.push(frame);
    count += 1;
    // Of each phase, a window ends every `ahead` frames.
    if (leftAt(count - 1) === 0) ask(count - 1, 0);
    const kept = (seen + ahead) * stride;
    if (before.length > kept) before.splice(0, before.length - kept);
    if (windows.length === mostClips) yield* await measure();
    onProgress?.({ unit: 'frames', done: count });
  }
  // What is left of each phase stands at the end of a window that begins with frames that were asked for.
  for (let end = Math.max(0, count - stride); end < count; end++) {
    const left = leftAt(end);
    if (left > 0) ask(end, ahead - left);
  }
  if (windows.length > 0) yield* await measure();
  if (count < (seen + ahead - 1) * stride + 1) {
    throw new LacunaError(
      'input',
      `${video} has ${count} frames at ${fps} a second, and the model must see ${seen} before it can be surprised.`,
    );
  }
}

/** Mean over all values of the squared difference, values of 0 to 255 taken as 0 to 1. */
function squaredError(one: Float32Array | Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (const [index, value] of other.entries()) sum += ((one[index] ?? NaN) - value) ** 2;
  return sum / other.length / 255 ** 2;
}
