// Owns clips of a dataset filled in by a model, part by part: the model is at work on the next part while this one is looked at.
// Knows nothing of what they are compared with.
import { clipLength } from '../clip/clip.js';
import type { Dataset } from '../dataset/open-dataset.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { LoadedModel } from '../run/load-model.js';
import { fillClips } from './fill-clips.js';

/** A clip that was filled in. */
export type FilledClip = {
  /** Its place among the rows. */
  readonly sample: number;
  /** Its row of the dataset. */
  readonly row: number;
  readonly plan: MaskPlan;
  /** `uint8 [T, H, W, 3]`. */
  readonly truth: Uint8Array;
  /** Float32 `[T, H, W, 3]`, 0 to 255. */
  readonly filled: Float32Array;
};

/** Clips of a part. Two parts are in memory at once. */
const clipsOfPart = 8;

/** What is filled in: some rows of a dataset, and what is hidden of the clip at each place among them. */
export type FillRows = {
  readonly model: LoadedModel;
  readonly dataset: Dataset;
  readonly rows: Int32Array;
  readonly planOf: (sample: number) => MaskPlan;
};

/** All rows in order, a part at a time. */
export async function* fillInParts(
  given: FillRows,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly FilledClip[], void> {
  const start = (first: number) => {
    const part = fillPart(given, first);
    // Awaited later; until then its failure is nobody's.
    part.catch(() => undefined);
    return part;
  };
  signal?.throwIfAborted();
  let next = start(0);
  try {
    for (let first = 0; first < given.rows.length; first += clipsOfPart) {
      const part = await next;
      signal?.throwIfAborted();
      if (first + clipsOfPart < given.rows.length) next = start(first + clipsOfPart);
      yield part;
    }
  } finally {
    // Whoever closes the model or the dataset must not take it from under the part that is still at work.
    await next.catch(() => undefined);
  }
}

/** The clip at one place, filled in beside the same ones as in {@link fillInParts}, so that it is the same to the last bit. */
export async function fillOne(given: FillRows, sample: number): Promise<FilledClip> {
  const [wanted] = (await fillPart(given, sample - (sample % clipsOfPart))).filter((clip) => clip.sample === sample);
  if (wanted === undefined) throw new RangeError(`there is no clip ${sample} of ${given.rows.length}`);
  return wanted;
}

async function fillPart({ model, dataset, rows, planOf }: FillRows, first: number): Promise<readonly FilledClip[]> {
  const part = rows.subarray(first, first + clipsOfPart);
  const length = clipLength(dataset.shape);
  const pixels = new Uint8Array(part.length * length);
  await dataset.readClips(part, pixels);
  const truths = Array.from(part, (_, index) => pixels.subarray(index * length, (index + 1) * length));
  const plans = truths.map((_, index) => planOf(first + index));
  const filled = await fillClips(model, truths, plans);
  return truths.flatMap((truth, index) => {
    const [plan, ours] = [plans[index], filled[index]];
    if (plan === undefined || ours === undefined) throw new RangeError(`clip ${first + index} was not filled in`);
    return [{ sample: first + index, row: part[index] ?? 0, plan, truth, filled: ours }];
  });
}
