// Owns the measuring of a model in training: the mean loss of each kind of mask on a few held-out clips that stay the same.
// Knows nothing of when it happens and what follows from it.
import { clipLength } from '../clip/clip.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { spreadRows } from '../dataset/spread-rows.js';
import { parseHide } from '../masking/hide-expression.js';
import { planMask } from '../masking/plan-mask.js';
import { gridOfModel } from '../model/model-config.js';
import type { Compute } from '../run/compute.js';
import { indicesOf, type PlanIndices, wholePlan } from '../run/compute-protocol.js';
import type { Position } from '../run/position.js';
import { lossKindsOf, type RunConfig } from '../run/run-config.js';
import { classesOfRows } from './row-classes.js';

/** Measures with the weights that the thread has at that moment, averaged where it keeps averages. */
export type Validation = {
  /** How many clips there are. */
  readonly clips: number;
  /** The mean loss of each kind of mask. */
  readonly measure: () => Promise<Readonly<Record<string, number>>>;
};

/** Clips that are measured on at most. */
const mostClips = 64;

/** Clips of one call at most; never more than a step learns from at once, which needs more memory. */
const mostAtOnce = 8;

/** Bytes of clips that stay in memory from one measurement to the next; where they are more, they are read each time. */
const mostKeptBytes = 128 * 2 ** 20;

/**
 * Chooses clips, evenly spread over the rows; what is hidden of each follows from the seed and its place.
 * @param rows of held-out clips
 * @returns nothing where there are none
 */
export function createValidation(
  dataset: Pick<Dataset, 'shape' | 'clips' | 'readClips'>,
  rows: Int32Array,
  config: Pick<RunConfig, 'model' | 'objective' | 'hide' | 'weights' | 'seed' | 'batch'>,
  compute: Pick<Compute, 'call'>,
): Validation | undefined {
  if (rows.length === 0) return undefined;
  // Whole batches alone: then each kind of mask has one compiled program, and the mean over batches is that over clips.
  const batch = Math.min(mostAtOnce, config.batch, rows.length);
  const clips = batch * Math.floor(Math.min(mostClips, rows.length) / batch);
  const chosen = spreadRows(rows, clips);
  const { model, objective, hide, seed } = config;
  const { kinds } = lossKindsOf(config);
  const classes = classesOfRows(model, dataset, chosen);
  const grid = gridOfModel(model);
  const length = clipLength(dataset.shape);
  const kept: Uint8Array<ArrayBuffer>[] = [];
  /** Clips `[batch, T, H, W, C]` that may be given away. */
  const readBatch = async (start: number): Promise<Uint8Array<ArrayBuffer>> => {
    const known = kept[start / batch];
    if (known !== undefined) return known.slice();
    const pixels = new Uint8Array(batch * length);
    await dataset.readClips(chosen.subarray(start, start + batch), pixels);
    if (clips * length <= mostKeptBytes) kept[start / batch] = pixels.slice();
    return pixels;
  };
  const planAll = (kind: string): readonly PlanIndices[] => {
    if (hide.length === 0) return new Array<PlanIndices>(clips).fill(wholePlan(grid));
    const expression = parseHide(kind);
    return Array.from({ length: clips }, (_, sample) =>
      indicesOf(planMask(expression, grid, { seed, step: 0, sample })),
    );
  };
  let plansOf: ReadonlyMap<string, readonly PlanIndices[]> | undefined;
  return {
    clips,
    measure: async () => {
      plansOf ??= new Map(kinds.map((kind) => [kind, planAll(kind)]));
      const sums = new Map<string, number>(kinds.map((kind) => [kind, 0]));
      for (let start = 0; start < clips; start += batch) {
        const read = await readBatch(start);
        for (const [kind, sum] of sums) {
          const pixels = read.slice();
          const plans = plansOf.get(kind)?.slice(start, start + batch) ?? [];
          const asked = { objective, pixels, plans, classes: classes?.slice(start, start + batch) };
          sums.set(kind, sum + (await compute.call('measure', asked, [pixels.buffer])));
        }
      }
      return Object.fromEntries([...sums].map(([kind, sum]) => [kind, sum / (clips / batch)]));
    },
  };
}

/** The mean loss over the kinds of mask, each as often as it is drawn. */
export function meanOfMix(
  config: Pick<RunConfig, 'hide' | 'weights' | 'objective'>,
  losses: Readonly<Record<string, number>>,
): number {
  const { kinds, weights } = lossKindsOf(config);
  return kinds.reduce((sum, kind, index) => sum + (weights[index] ?? 0) * (losses[kind] ?? NaN), 0);
}

/** What a position remembers after one more measurement. @param loss NaN where nothing was measured */
export function rememberValidation(
  { step, elapsedSeconds, validation: { best, sinceBest } }: Position,
  loss: number | undefined,
  tookSeconds: number,
): Position['validation'] {
  const times = { atSeconds: elapsedSeconds, tookSeconds };
  if (loss === undefined) return { ...(best === undefined ? {} : { best }), sinceBest, ...times };
  if (best === undefined ? Number.isFinite(loss) : loss < best.loss)
    return { best: { step, loss }, sinceBest: 0, ...times };
  return { ...(best === undefined ? {} : { best }), sinceBest: sinceBest + 1, ...times };
}
