// Owns the joining of files of vectors, such as the parts that many machines made. Knows nothing of how vectors are made.
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { compareVideos } from '../dataset/scan.js';
import { formOf } from './embedding-files.js';
import { openVectors, readList, readRows, type VectorFile } from './read-embeddings.js';
import { type EmbeddedRow, type EmbeddedSource, writeEmbeddings } from './write-embeddings.js';

/** What is joined, and where it goes. */
export type MergeEmbeddingsOptions = {
  /** `.npy` files that `embed` wrote, with their lists beside them. At least one. */
  readonly embeddings: readonly string[];
  /** As in `embed`. */
  readonly out: string;
};

/** What was written. */
export type MergeEmbeddingsResult = { readonly out: string; readonly vectors: number; readonly videos: number };

const optionsSchema = z.strictObject({ embeddings: z.array(z.string().min(1)).min(1), out: z.string().min(1) });

/** A row, and where it stands. */
type PlacedRow = { readonly source: EmbeddedSource; readonly file: VectorFile; readonly row: number };

/**
 * Joins vectors of the same model and shape, ordered by video as one `embed` of one folder orders them.
 * @throws {LacunaError} `usage` where `out` has another ending; `input` where a file is missing or damaged, they are of several models,
 * layers or shapes, or a video is in two of them.
 */
export async function mergeEmbeddings(
  options: MergeEmbeddingsOptions,
  controls: JobControls = {},
): Promise<MergeEmbeddingsResult> {
  const { embeddings, out } = checkOptions(optionsSchema, options, 'mergeEmbeddings');
  formOf(out);
  controls.signal?.throwIfAborted();
  const opened: VectorFile[] = [];
  try {
    for (const name of embeddings) opened.push(await openVectors(name));
    const rows = await placeRows(opened);
    const vectors = await writeEmbeddings(readPlaced(rows, controls), opened[0]?.shape ?? [], out);
    return { out, vectors, videos: new Set(rows.map(({ source }) => source.video)).size };
  } finally {
    for (const { file } of opened) await file.close();
  }
}

/** The rows of all, in their new order. */
async function placeRows(opened: readonly VectorFile[]): Promise<readonly PlacedRow[]> {
  const rows: PlacedRow[] = [];
  const owners = new Map<string, VectorFile>();
  for (const file of opened) {
    for (const [row, source] of (await readList(file)).entries()) {
      const owner = owners.get(source.video) ?? file;
      owners.set(source.video, owner);
      const first = rows[0] ?? { source, file };
      const kindOf = (row: Pick<PlacedRow, 'source' | 'file'>) =>
        [row.source.model, row.source.layer, row.source.pooling, row.file.shape.join(' × ')].join();
      if (kindOf(first) !== kindOf({ source, file })) {
        throw new LacunaError(
          'input',
          `${file.name} holds vectors of another model, layer or shape than ${first.file.name}; embed all with one model and the same flags.`,
        );
      }
      if (owner !== file) {
        throw new LacunaError(
          'input',
          `${source.video} is in ${owner.name} and in ${file.name}; leave one of them out.`,
        );
      }
      rows.push({ source, file, row });
    }
  }
  // Stable: the clips of a video stay in their order.
  return rows.sort((one, other) => compareVideos(one.source.video, other.source.video));
}

async function* readPlaced(
  rows: readonly PlacedRow[],
  { signal, onProgress }: JobControls,
): AsyncGenerator<EmbeddedRow, void> {
  for (const [index, { source, file, row }] of rows.entries()) {
    signal?.throwIfAborted();
    yield { source, h: await readRows(file, row, 1) };
    onProgress?.({ unit: 'vectors', done: index + 1, total: rows.length });
  }
}
