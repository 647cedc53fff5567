// Owns the joining of files of vectors, such as the parts that many machines made. Knows nothing of how vectors are made.
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { readAll } from '../dataset/durable-file.js';
import { compareVideos } from '../dataset/scan.js';
import { formOf } from './embedding-files.js';
import { openVectors, readList } from './read-embeddings.js';
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

/** A row, the file that it stands in, from which byte on, and how many numbers it has. */
type PlacedRow = {
  readonly source: EmbeddedSource;
  readonly file: FileHandle;
  readonly place: number;
  readonly length: number;
};

/**
 * Joins vectors of the same model and shape, ordered by video as one `embed` of one folder orders them.
 * @throws {LacunaError} `usage` where `out` has another ending; `input` where a file is missing or damaged, they are of several models or
 * shapes, or a video is in two of them.
 */
export async function mergeEmbeddings(options: MergeEmbeddingsOptions): Promise<MergeEmbeddingsResult> {
  const { embeddings, out } = checkOptions(optionsSchema, options, 'mergeEmbeddings');
  formOf(out);
  const rows: PlacedRow[] = [];
  const files: FileHandle[] = [];
  try {
    const owners = new Map<string, string>();
    let first: { readonly name: string; readonly shape: readonly number[]; readonly model: string } | undefined;
    for (const name of embeddings) {
      const { shape: all, dataOffset, file } = await openVectors(name);
      files.push(file);
      const [count = 0, ...shape] = all;
      const list = await readList(name, count);
      const model = list[0]?.model ?? first?.model ?? '';
      first ??= { name, shape, model };
      if (first.model !== model || first.shape.join() !== shape.join()) {
        throw new LacunaError(
          'input',
          `${name} holds vectors of another model or shape than ${first.name}; embed all with one model and the same flags.`,
        );
      }
      const length = shape.reduce((product, size) => product * size, 1);
      for (const [row, source] of list.entries()) {
        const owner = owners.get(source.video) ?? name;
        if (owner !== name) {
          throw new LacunaError('input', `${source.video} is in ${owner} and in ${name}; leave one of them out.`);
        }
        owners.set(source.video, name);
        rows.push({ source, file, place: dataOffset + 4 * row * length, length });
      }
    }
    // Stable: the clips of a video stay in their order.
    rows.sort((one, other) => compareVideos(one.source.video, other.source.video));
    const vectors = await writeEmbeddings(readRows(rows), first?.shape ?? [], out);
    return { out, vectors, videos: owners.size };
  } finally {
    for (const file of files) await file.close();
  }
}

async function* readRows(rows: readonly PlacedRow[]): AsyncGenerator<EmbeddedRow, void> {
  for (const { source, file, place, length } of rows) {
    const h = new Float32Array(length);
    await readAll(file, new Uint8Array(h.buffer), place);
    yield { source, h };
  }
}
