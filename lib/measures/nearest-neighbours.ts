// Owns the k nearest neighbours of vectors by the cosine, and their vote. Knows nothing of where vectors come from.

/** Vectors one after the other, `[n, D]`. */
export type Vectors = { readonly values: Float32Array; readonly width: number };

/** A neighbour: its row, and the cosine of the angle between both, -1 to 1. */
export type Neighbour = { readonly row: number; readonly cosine: number };

/** How many there are. */
export function countVectors({ values, width }: Vectors): number {
  return values.length / width;
}

/** Each vector divided by its length; zeros stay zeros. */
export function normaliseVectors({ values, width }: Vectors): Vectors {
  const normalised = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += width) {
    let square = 0;
    for (let index = start; index < start + width; index++) square += (values[index] ?? 0) ** 2;
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let index = start; index < start + width; index++) normalised[index] = (values[index] ?? 0) * scale;
  }
  return { values: normalised, width };
}

/**
 * The nearest of all vectors, the nearest first; of equally near ones the first.
 * @param among normalised
 * @param query normalised, `[D]`
 * @param count how many at most
 * @param isWanted which rows may be found. Default: all
 */
export function findNearest(
  { values, width }: Vectors,
  query: Float32Array,
  count: number,
  isWanted: (row: number) => boolean = () => true,
): readonly Neighbour[] {
  const nearest: Neighbour[] = [];
  const rows = values.length / width;
  for (let row = 0, start = 0; row < rows; row++, start += width) {
    if (!isWanted(row)) continue;
    const cosine = dot(values, start, query);
    if (nearest.length === count && cosine <= (nearest.at(-1)?.cosine ?? Infinity)) continue;
    if (nearest.length === count) nearest.pop();
    const after = nearest.findIndex((other) => other.cosine < cosine);
    nearest.splice(after < 0 ? nearest.length : after, 0, { row, cosine });
  }
  return nearest;
}

/** All vectors that are at least so near, the nearest first; as {@link findNearest}. */
export function findAllNear(
  { values, width }: Vectors,
  query: Float32Array,
  least: number,
  isWanted: (row: number) => boolean,
): readonly Neighbour[] {
  const near: Neighbour[] = [];
  for (let row = 0, start = 0; start < values.length; row++, start += width) {
    if (!isWanted(row)) continue;
    const cosine = dot(values, start, query);
    if (cosine >= least) near.push({ row, cosine });
  }
  return near.sort((one, other) => other.cosine - one.cosine || one.row - other.row);
}

/**
 * How likely each class is by the vote of neighbours, each of the weight exp(cosine / temperature) (Wu et al. 2018, section 3.4;
 * Caron et al. 2021, DINO, appendix F.1).
 * @param classes of the rows that neighbours are of
 * @param count K
 */
export function voteOfNeighbours(
  nearest: readonly Neighbour[],
  classes: Int32Array,
  count: number,
  temperature: number,
): Float32Array {
  const votes = new Float32Array(count);
  const largest = nearest[0]?.cosine ?? 0;
  let sum = 0;
  for (const { row, cosine } of nearest) {
    const weight = Math.exp((cosine - largest) / temperature);
    const label = classes[row] ?? -1;
    votes[label] = (votes[label] ?? 0) + weight;
    sum += weight;
  }
  return votes.map((vote) => vote / sum);
}

/** The product of two vectors. */
export function dotRows(one: Vectors, row: number, other: Vectors, otherRow: number): number {
  const { width } = one;
  return dot(other.values, otherRow * width, one.values.subarray(row * width, (row + 1) * width));
}

/** Σ values[start + i] · query[i], four sums at once. */
function dot(values: Float32Array, start: number, query: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const { length } = query;
  let index = 0;
  for (; index + 3 < length; index += 4) {
    a += (values[start + index] ?? 0) * (query[index] ?? 0);
    b += (values[start + index + 1] ?? 0) * (query[index + 1] ?? 0);
    c += (values[start + index + 2] ?? 0) * (query[index + 2] ?? 0);
    d += (values[start + index + 3] ?? 0) * (query[index + 3] ?? 0);
  }
  for (; index < length; index++) a += (values[start + index] ?? 0) * (query[index] ?? 0);
  return a + b + c + d;
}
