// Owns the approximate search of many vectors: an index that is made once and kept beside them. Knows nothing of what vectors mean.
import { createHash } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { JobControls } from '../clip/job.js';
import { temporaryName } from '../dataset/durable-file.js';
import { findNearest, type Neighbour, normaliseVectors } from '../measures/nearest-neighbours.js';
import { readRows, type VectorFile } from './read-embeddings.js';

/** What of usearch is called; it is an optional package, whose types may be missing. */
type UsearchIndex = {
  add: (keys: BigUint64Array, vectors: Float32Array) => void;
  search: (vector: Float32Array, count: number) => { readonly keys: BigUint64Array };
  save: (file: string) => void;
  view: (file: string) => void;
};
type Usearch = { readonly Index: new (options: object) => UsearchIndex };

/** Vectors that are added between two looks at the signal. */
const vectorsAtOnce = 1024;

/** The index gives so many more than are asked for, of which the nearest by their exact cosines are kept. */
const candidates = { factor: 4, least: 64 } as const;

/**
 * The nearest of many vectors, found by a graph of neighbours (HNSW; Malkov and Yashunin 2018) that knows almost all of them. The first
 * search of a file makes the graph, which lies beside it as a hidden file and is made anew where the vectors are others.
 * @param query `[D]`, normalised
 * @returns nothing where the package that makes it is not installed
 */
export async function searchIndex(
  vectors: VectorFile,
  query: Float32Array,
  count: number,
  controls: JobControls,
): Promise<readonly Neighbour[] | undefined> {
  const usearch = loadUsearch();
  if (usearch === undefined) return undefined;
  const { length: width, rows } = vectors;
  const index = new usearch.Index({ metric: 'cos', quantization: 'f32', dimensions: width, multi: false });
  index.view(await keepIndex(usearch, vectors, controls));
  const asked = Math.min(rows, Math.max(candidates.least, candidates.factor * count));
  const found = Array.from(index.search(query, asked).keys, Number).filter((row) => row >= 0 && row < rows);
  const values = new Float32Array(found.length * width);
  for (const [place, row] of found.entries()) {
    values.set(await readRows(vectors, row, 1), place * width);
  }
  const nearest = findNearest(normaliseVectors({ values, width }), query, count);
  return nearest.map(({ row, cosine }) => ({ row: found[row] ?? -1, cosine }));
}

/** The file of the index; made where it is missing. */
async function keepIndex(usearch: Usearch, vectors: VectorFile, { signal, onProgress }: JobControls): Promise<string> {
  const { name, file, rows, length: width } = vectors;
  const { size, mtimeMs } = await file.stat();
  const identity = createHash('sha256')
    .update(JSON.stringify([size, mtimeMs, rows, width]))
    .digest('hex')
    .slice(0, 16);
  const folder = dirname(name);
  const prefix = `.${basename(name)}.`;
  const kept = `${prefix}${identity}.index`;
  const all = (await readdir(folder)).filter((other) => other.startsWith(prefix) && other.endsWith('.index'));
  if (all.includes(kept)) return join(folder, kept);
  const index = new usearch.Index({ metric: 'cos', quantization: 'f32', dimensions: width, multi: false });
  for (let row = 0; row < rows; row += vectorsAtOnce) {
    // Signals come only between the turns of the loop of events.
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    const count = Math.min(vectorsAtOnce, rows - row);
    const keys = BigUint64Array.from({ length: count }, (_, place) => BigInt(row + place));
    index.add(keys, await readRows(vectors, row, count));
    onProgress?.({ unit: 'vectors', done: row + count, total: rows, note: 'making the index' });
  }
  const temporary = join(folder, temporaryName(kept));
  index.save(temporary);
  await rename(temporary, join(folder, kept));
  for (const old of all) await rm(join(folder, old), { force: true });
  return join(folder, kept);
}

/** Its other build, for ES modules, does not find its own binary. */
function loadUsearch(): Usearch | undefined {
  try {
    return createRequire(import.meta.url)('usearch') as Usearch;
  } catch {
    return undefined;
  }
}
