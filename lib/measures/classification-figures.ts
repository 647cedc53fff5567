// Owns how well classes were told apart: by clip, by video, and which were taken for which. Knows nothing of models.

/** A clip that was classified. */
export type ClassifiedClip = {
  /** What it is a part of; the clips of one video are averaged. */
  readonly video: string;
  /** The place of its class among the labels. */
  readonly truth: number;
  /** How likely each class is, `[K]`. */
  readonly probabilities: Float32Array;
};

/** How well it went. */
export type ClassificationFigures = {
  /** The part of the clips that are of the likeliest class, 0 to 1; NaN where there are none. */
  readonly clipAccuracy: number;
  /** The same of videos, by the mean over their clips. */
  readonly videoAccuracy: number;
  /** The mean over classes of the part of its videos that is told right: what chance gives is 1 / K, however many there are of each. */
  readonly balancedAccuracy: number;
  /** The mean over clips of −log p of the class. */
  readonly loss: number;
  /** Videos: a row for each class that they are, a column for each that they were taken for. */
  readonly confusion: readonly (readonly number[])[];
  readonly clips: number;
  readonly videos: number;
};

/** No probability is taken for less. */
const leastProbability = 1e-7;

/** @param classes K */
export function figureClassification(clips: readonly ClassifiedClip[], classes: number): ClassificationFigures {
  const videos = new Map<string, { readonly truth: number; readonly sum: Float64Array }>();
  let [right, loss] = [0, 0];
  for (const { video, truth, probabilities } of clips) {
    // A video may hold clips of several classes.
    const key = `${truth} ${video}`;
    const { sum } = videos.get(key) ?? { sum: new Float64Array(classes) };
    videos.set(key, { truth, sum });
    for (const [place, probability] of probabilities.entries()) sum[place] = (sum[place] ?? 0) + probability;
    if (likeliest(probabilities) === truth) right += 1;
    loss -= Math.log(Math.max(leastProbability, probabilities[truth] ?? 0));
  }
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { truth, sum } of videos.values()) {
    const row = confusion[truth];
    const taken = likeliest(sum);
    if (row !== undefined) row[taken] = (row[taken] ?? 0) + 1;
  }
  const recalls = confusion.flatMap((row, truth) => {
    const count = row.reduce((sum, value) => sum + value, 0);
    return count === 0 ? [] : [(row[truth] ?? 0) / count];
  });
  const rightVideos = confusion.reduce((sum, row, truth) => sum + (row[truth] ?? 0), 0);
  return {
    clipAccuracy: right / clips.length,
    videoAccuracy: rightVideos / videos.size,
    balancedAccuracy: recalls.reduce((sum, value) => sum + value, 0) / recalls.length,
    loss: loss / clips.length,
    confusion,
    clips: clips.length,
    videos: videos.size,
  };
}

/** What validation finds best: the largest balanced accuracy, and of those the least loss. @throws {RangeError} of nothing */
export function pickByValidation<Item extends { readonly validation: ClassificationFigures }>(
  items: readonly Item[],
): Item {
  const [first, ...others] = items;
  if (first === undefined) throw new RangeError('there is nothing to choose from');
  return others.reduce((before, now) => {
    const gain = now.validation.balancedAccuracy - before.validation.balancedAccuracy;
    return gain > 0 || (gain === 0 && now.validation.loss < before.validation.loss) ? now : before;
  }, first);
}

/** The first of the largest. */
export function likeliest(values: Float32Array | Float64Array): number {
  let best = 0;
  for (const [place, value] of values.entries()) if (value > (values[best] ?? -Infinity)) best = place;
  return best;
}
