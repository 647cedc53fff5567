// Owns how vectors of many clips lie: whether those of one source are near each other, and whether they fill their space. Knows
// nothing of models.
import { dotRows, normaliseVectors, type Vectors } from './nearest-neighbours.js';

/** How clips are changed where it is asked what a change does: the least part of the area that stays, and how far colours go. */
export const changeStrengths = { flip: false, crop: 0.5, colour: 0.4, hue: 0 } as const;

/** How well clips find the others of their source among all. */
export type RetrievalFigures = {
  /** The part of the clips whose nearest is of their source, and of whose five nearest one is, 0 to 1. */
  readonly recallAt1: number;
  readonly recallAt5: number;
  /** The mean over clips of the average precision: 1 where all of the source come first. */
  readonly meanAveragePrecision: number;
  /** What a random order gives of that, in the mean. */
  readonly chance: number;
  /** Clips that have others of their source. */
  readonly queries: number;
};

/** How the vectors lie as a whole. */
export type SpreadFigures = {
  /** log mean exp(−2 ‖x − y‖²) over pairs of vectors of length 1; the lower, the more evenly they lie (Wang and Isola 2020, equation 2). */
  readonly uniformity: number;
  /** exp of the entropy of the shares of the variance: how many axes are used (Roy and Vetterli 2007). From 1 to D. */
  readonly effectiveRank: number;
  /** Shares of the variance along the principal axes, the largest first; of sum 1. */
  readonly spectrum: readonly number[];
};

/**
 * Each vector asks for the others of its source.
 * @param sources of each vector
 * @param queries what asks in the place of each vector, such as the same clips cropped; of the same rows. Default: the vectors
 */
export function figureRetrieval(
  vectors: Vectors,
  sources: readonly string[],
  queries: Vectors = vectors,
): RetrievalFigures {
  const [among, asking] = [normaliseVectors(vectors), normaliseVectors(queries)];
  const count = sources.length;
  const sizes = new Map<string, number>();
  for (const source of sources) sizes.set(source, (sizes.get(source) ?? 0) + 1);
  let [asked, first, five, precision, byChance] = [0, 0, 0, 0, 0];
  const cosines = new Float64Array(count);
  for (const [row, source] of sources.entries()) {
    const wanted = (sizes.get(source) ?? 0) - 1;
    if (wanted === 0) continue;
    for (let other = 0; other < count; other++) cosines[other] = dotRows(asking, row, among, other);
    const order = [...cosines.keys()]
      .filter((other) => other !== row)
      .sort((one, other) => (cosines[other] ?? 0) - (cosines[one] ?? 0) || one - other);
    let found = 0;
    let sum = 0;
    for (const [place, other] of order.entries()) {
      if (sources[other] !== source) continue;
      found += 1;
      sum += found / (place + 1);
      if (found === 1 && place === 0) first += 1;
      if (found === 1 && place < 5) five += 1;
    }
    precision += sum / wanted;
    byChance += chanceOf(wanted, count - 1);
    asked += 1;
  }
  return {
    recallAt1: first / asked,
    recallAt5: five / asked,
    meanAveragePrecision: precision / asked,
    chance: byChance / asked,
    queries: asked,
  };
}

/** The mean average precision of a random order: of `wanted` among `all`. */
function chanceOf(wanted: number, all: number): number {
  // Σ over places k of P(place k is wanted) · E[precision there | it is]
  let sum = 0;
  for (let place = 1; place <= all; place++) {
    const before = all > 1 ? ((place - 1) * (wanted - 1)) / (all - 1) : 0;
    sum += (1 + before) / place;
  }
  return sum / all;
}

/** Pairs that the mean over pairs is taken of, at most. */
const mostPairs = 2_000_000;

/** @throws {RangeError} where there are fewer than two vectors. */
export async function figureSpread(vectors: Vectors): Promise<SpreadFigures> {
  const { values, width } = vectors;
  const count = values.length / width;
  if (count < 2) throw new RangeError(`a spread takes two vectors or more, got ${count}`);
  const normalised = normaliseVectors(vectors);
  const stride = Math.max(1, Math.ceil((count * (count - 1)) / 2 / mostPairs));
  let [sum, pairs, index] = [0, 0, 0];
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++, index++) {
      if (index % stride !== 0) continue;
      // ‖x − y‖² = 2 − 2 x·y
      sum += Math.exp(-4 * (1 - dotRows(normalised, one, normalised, other)));
      pairs += 1;
    }
  }
  const spectrum = await spectrumOf(vectors);
  const entropy = spectrum.reduce((total, share) => (share > 0 ? total - share * Math.log(share) : total), 0);
  return { uniformity: Math.log(sum / pairs), effectiveRank: Math.exp(entropy), spectrum };
}

/** Mean ‖x − y‖² over pairs of vectors of length 1, row by row (Wang and Isola 2020, equation 1, α = 2). */
export function alignmentOf(one: Vectors, other: Vectors): number {
  const [left, right] = [normaliseVectors(one), normaliseVectors(other)];
  const count = one.values.length / one.width;
  let sum = 0;
  for (let row = 0; row < count; row++) sum += 2 - 2 * dotRows(left, row, right, row);
  return sum / count;
}

/** Mean ‖x − y‖² of any two vectors of length 1: each and the next of another half. */
export function distanceOfAny({ values, width }: Vectors): number {
  const count = values.length / width;
  const half = Math.floor(count / 2);
  const turned = new Float32Array(values.length);
  turned.set(values.subarray(half * width));
  turned.set(values.subarray(0, half * width), (count - half) * width);
  return alignmentOf({ values, width }, { values: turned, width });
}

/** The mean cosine between vectors of one class, and between those of two. @param classes of each vector */
export function figureSimilarity(
  vectors: Vectors,
  classes: readonly string[],
): { readonly within: number; readonly between: number } {
  const normalised = normaliseVectors(vectors);
  const sums = { within: 0, between: 0 };
  const pairs = { within: 0, between: 0 };
  for (const [one, label] of classes.entries()) {
    for (let other = one + 1; other < classes.length; other++) {
      const kind = label === classes[other] ? 'within' : 'between';
      sums[kind] += dotRows(normalised, one, normalised, other);
      pairs[kind] += 1;
    }
  }
  return { within: sums.within / pairs.within, between: sums.between / pairs.between };
}

/** Shares of the variance along the principal axes. */
async function spectrumOf({ values, width }: Vectors): Promise<readonly number[]> {
  const count = values.length / width;
  const mean = new Float64Array(width);
  for (const [index, value] of values.entries()) mean[index % width] = (mean[index % width] ?? 0) + value / count;
  const { EVD, Matrix } = await import('ml-matrix');
  const centred = new Matrix(count, width);
  for (const [index, value] of values.entries()) {
    centred.set(Math.floor(index / width), index % width, value - (mean[index % width] ?? 0));
  }
  // The smaller of both products has the same values above 0.
  const square = count < width ? centred.mmul(centred.transpose()) : centred.transpose().mmul(centred);
  const found = new EVD(square, { assumeSymmetric: true }).realEigenvalues.map((value) => Math.max(0, value));
  const total = found.reduce((sum, value) => sum + value, 0);
  return found.sort((one, other) => other - one).map((value) => (total > 0 ? value / total : 0));
}
