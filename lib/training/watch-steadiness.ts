// Owns the look at the representation of a model in training: how a few held-out clips that stay the same lie to each other. Knows
// nothing of when it happens.
import { clipLength } from '../clip/clip.js';
import { createAugmenter } from '../clip/augment-clips.js';
import { drawAugmentations } from '../clip/draw-augmentation.js';
import { joinFloats } from '../clip/join-floats.js';
import type { Dataset } from '../dataset/open-dataset.js';
import { spreadRows } from '../dataset/spread-rows.js';
import type { Vectors } from '../measures/nearest-neighbours.js';
import {
  alignmentOf,
  changeStrengths,
  distanceOfAny,
  figureSpread,
  type SpreadFigures,
} from '../measures/steadiness.js';
import type { Compute } from '../run/compute.js';
import type { RunConfig } from '../run/run-config.js';

/** How the representations of the clips lie. A model whose rank falls to 1, or whose uniformity rises to 0, tells nothing apart. */
export type Steadiness = Pick<SpreadFigures, 'uniformity' | 'effectiveRank'> & {
  /** How far a crop and other colours move a clip, in parts of the distance of any two (both squared). */
  readonly changed: number;
};

/** Measures with the weights that the thread has at that moment, averaged where it keeps averages. */
export type SteadinessWatch = {
  /** How many clips are embedded, each changed ones as well. */
  readonly clips: number;
  readonly measure: () => Promise<Steadiness>;
};

/** Clips that are looked at: too few for more than a trend. */
const [leastClips, mostClips] = [4, 32];
const mostAtOnce = 8;

/**
 * Chooses clips, evenly spread over the rows.
 * @param rows of held-out clips
 * @returns nothing where there are too few
 */
export function watchSteadiness(
  dataset: Pick<Dataset, 'shape' | 'readClips'>,
  rows: Int32Array,
  { seed, batch: clipsOfStep }: Pick<RunConfig, 'seed' | 'batch'>,
  compute: Pick<Compute, 'call'>,
): SteadinessWatch | undefined {
  const chosen = spreadRows(rows, Math.min(mostClips, rows.length));
  const clips = chosen.length;
  if (clips < leastClips) return undefined;
  // Never more than a step learns from at once, which needs more memory.
  const batch = Math.min(mostAtOnce, clipsOfStep, clips);
  const length = clipLength(dataset.shape);
  const augment = createAugmenter(dataset.shape);
  const changes = drawAugmentations(changeStrengths, dataset.shape, {
    seed,
    step: 0,
    count: clips,
  });
  const embed = async (isChanged: boolean): Promise<Vectors> => {
    const parts: Float32Array[] = [];
    for (let start = 0; start < clips; start += batch) {
      const own = chosen.subarray(start, start + batch);
      const pixels = new Uint8Array(own.length * length);
      await dataset.readClips(own, pixels);
      if (isChanged) augment(pixels, changes.slice(start, start + own.length), 1);
      parts.push(await compute.call('embed', { pixels, clips: own.length, batch }, [pixels.buffer]));
    }
    const values = joinFloats(parts);
    return { values, width: values.length / clips };
  };
  return {
    clips: 2 * clips,
    measure: async () => {
      const vectors = await embed(false);
      const { uniformity, effectiveRank } = await figureSpread(vectors);
      return { uniformity, effectiveRank, changed: alignmentOf(vectors, await embed(true)) / distanceOfAny(vectors) };
    },
  };
}
