// Owns the files that rows of vectors end in: a NumPy array with a list beside it, or a Parquet table. Knows nothing of how they are made.
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { syncFolder, temporaryName } from '../dataset/durable-file.js';
import { encodeJsonLines } from '../formats/jsonl.js';
import { npyHeader } from '../formats/npy.js';
import { tokenPoolingNames } from '../model/model-config.js';
import { clipSourceSchema } from './clip-batches.js';
import { formOf, listOf } from './embedding-files.js';

/** A line of the list, or the columns beside the vector: a clip, or a video. */
export const embeddedSourceSchema = clipSourceSchema.extend({
  /** How many clips it is the mean of, where it is one. */
  clips: z.int().min(1).exactOptional(),
  /** What tells the model that made it from others. */
  model: z.string().min(1),
  /** The layer of its encoder, where one was asked for. */
  layer: z.int().min(0).exactOptional(),
  /** What of its tokens it is, where that is not their mean. */
  pooling: z.enum(tokenPoolingNames).exactOptional(),
});
/** See {@link embeddedSourceSchema}. */
export type EmbeddedSource = Readonly<z.output<typeof embeddedSourceSchema>>;

/** A row of what is written. */
export type EmbeddedRow = { readonly source: EmbeddedSource; readonly h: Float32Array };

/** Values of a row group of Parquet: so many are in memory at once. */
const valuesOfGroup = 2 ** 20;

/**
 * Writes rows in the form that the ending says, and gives the files their names when they are whole.
 * @param shape of the vectors of one row
 * @returns how many rows there are
 * @throws {LacunaError} `usage` for another ending.
 */
export async function writeEmbeddings(
  rows: AsyncIterable<EmbeddedRow>,
  shape: readonly number[],
  out: string,
): Promise<number> {
  const files = formOf(out) === 'npy' ? [out, listOf(out)] : [out];
  const temporaries = files.map((file) => join(dirname(file), temporaryName(basename(file))));
  const [vectors = '', list] = temporaries;
  try {
    const count = await (list === undefined
      ? writeParquet(rows, shape, vectors)
      : writeArray(rows, shape, vectors, list));
    await rename(vectors, out);
    if (list !== undefined) await rename(list, listOf(out));
    await syncFolder(dirname(out));
    return count;
  } catch (error) {
    for (const file of temporaries) await rm(file, { force: true });
    throw error;
  }
}

/**
 * Writes rows as float32 `[n, …shape]` into `vectors`, and a line for each of them into `list`.
 * @returns how many rows there are
 */
async function writeArray(
  rows: AsyncIterable<EmbeddedRow>,
  shape: readonly number[],
  vectors: string,
  list: string,
): Promise<number> {
  const handles = [await open(vectors, 'w'), await open(list, 'w')] as const;
  const [vectorFile, listFile] = handles;
  try {
    let count = 0;
    // Its length does not depend on the number of rows; it is written again at the end.
    await vectorFile.appendFile(npyHeader('float32', [0, ...shape]));
    for await (const { source, h } of rows) {
      await vectorFile.appendFile(new Uint8Array(h.buffer, h.byteOffset, h.byteLength));
      await listFile.appendFile(encodeJsonLines([source]));
      count += 1;
    }
    const header = npyHeader('float32', [count, ...shape]);
    await vectorFile.write(header, 0, header.length, 0);
    for (const handle of handles) await handle.sync();
    return count;
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/**
 * Writes rows as a Parquet table with the columns `video`, `start_seconds`, `label`, `clips`, `model` and `vector`, a list of float32 in
 * row-major order; the shape of a vector stands in the metadata, such as `8,64`.
 * @returns how many rows there are
 */
async function writeParquet(rows: AsyncIterable<EmbeddedRow>, shape: readonly number[], file: string): Promise<number> {
  // Only now: it is not always asked for.
  const { fileWriter, ParquetWriter } = await import('hyparquet-writer');
  const table = new ParquetWriter({
    writer: fileWriter(file),
    schema: [
      { name: 'root', num_children: 6 },
      { name: 'video', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'start_seconds', type: 'DOUBLE', repetition_type: 'REQUIRED' },
      { name: 'label', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'clips', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'model', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      { name: 'vector', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
    ],
    kvMetadata: [{ key: 'lacuna.shape', value: shape.join(',') }],
    createdBy: 'lacuna',
    statistics: false,
  });
  const length = shape.reduce((product, size) => product * size, 1);
  const rowsOfGroup = Math.max(1, Math.floor(valuesOfGroup / length));
  let count = 0;
  let group: EmbeddedRow[] = [];
  const writeGroup = async () => {
    const columnOf = <Value>(valueOf: (source: EmbeddedSource) => Value) => group.map(({ source }) => valueOf(source));
    await table.write({
      columnData: [
        { name: 'video', data: columnOf(({ video }) => video) },
        { name: 'start_seconds', data: columnOf(({ startSeconds }) => startSeconds) },
        { name: 'label', data: columnOf(({ label }) => label) },
        { name: 'clips', data: columnOf(({ clips = 1 }) => clips) },
        { name: 'model', data: columnOf(({ model }) => model) },
        // Floats hardly repeat, and hardly shrink.
        { name: 'vector', data: group.map(({ h }) => [...h]), codec: 'UNCOMPRESSED', encoding: 'PLAIN' },
      ],
      rowGroupSize: rowsOfGroup,
    });
    count += group.length;
    group = [];
  };
  for await (const row of rows) {
    group.push(row);
    if (group.length === rowsOfGroup) await writeGroup();
  }
  if (group.length > 0) await writeGroup();
  await table.finish();
  const handle = await open(file, 'r+');
  await handle.sync().finally(() => handle.close());
  return count;
}
