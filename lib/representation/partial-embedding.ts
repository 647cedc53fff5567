// Owns vectors that are still being written: a killed process loses the last seconds of them and nothing else. Knows nothing of how
// they are made or what becomes of them.
import { type FileHandle, open, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { failureRecordSchema, type FailureRecord } from '../dataset/dataset-files.js';
import { readAll, writeWhole } from '../dataset/durable-file.js';
import { type Hold, openFileHold } from '../dataset/hold.js';
import { readJsonFile } from '../formats/json-file.js';
import { encodeJsonLines, streamJsonLines } from '../formats/jsonl.js';
import { npyHeader } from '../formats/npy.js';
import { type EmbeddedRow, type EmbeddedSource, embeddedSourceSchema } from './write-embeddings.js';

/** Vectors that are being written, one for each clip, in order. */
export type PartialEmbedding = {
  /** Clips that are there. */
  readonly rows: () => number;
  /** Videos that could not be read, of those that were come to. */
  readonly failures: FailureRecord[];
  /** What is there, from the first. */
  readonly readSources: () => AsyncGenerator<EmbeddedSource, void>;
  readonly readRows: () => AsyncGenerator<EmbeddedRow, void>;
  readonly append: (row: EmbeddedRow) => Promise<void>;
  /** From here one may go on. */
  readonly mark: () => void;
  /** Brings to the disk what there was at the last mark, so that it is found again later. */
  readonly keep: () => Promise<void>;
  /** Writes the header of the array, so that `vectors` is a whole `.npy` file. */
  readonly finish: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** The files, which lie beside the one that they become. */
  readonly vectors: string;
  readonly list: string;
  /** Forgets all that is there. */
  readonly remove: () => Promise<void>;
};

const stateSchema = z.object({
  version: z.literal(1),
  identity: z.string(),
  rows: z.int().min(0),
  listBytes: z.int().min(0),
  failures: z.array(failureRecordSchema),
});

/**
 * Opens the partial files of `folder/name`, and takes what an earlier call kept of the same.
 * @param identity what tells these vectors from all others; what was kept of others is thrown away
 * @param shape of the vectors of one clip
 * @throws {LacunaError} `input` where the files cannot be written, or another call is writing them.
 */
export async function openPartialEmbedding(
  folder: string,
  name: string,
  identity: string,
  shape: readonly number[],
): Promise<PartialEmbedding> {
  const hold = openFileHold(join(folder, name));
  await hold.take();
  try {
    return await openFiles(folder, name, identity, shape, hold);
  } catch (error) {
    await hold.release();
    throw error;
  }
}

async function openFiles(
  folder: string,
  name: string,
  identity: string,
  shape: readonly number[],
  hold: Hold,
): Promise<PartialEmbedding> {
  const stateName = `.${name}.state`;
  const [vectors, list] = [join(folder, `.${name}.vectors`), join(folder, `.${name}.list`)];
  const length = shape.reduce((product, size) => product * size, 1);
  // Its length does not depend on the number of rows.
  const head = npyHeader('float32', [0, ...shape]).length;
  const placeOf = (row: number) => head + 4 * row * length;
  const found = await readJsonFile(join(folder, stateName), stateSchema);
  const isKept =
    found?.identity === identity &&
    (await sizeOf(vectors)) >= placeOf(found.rows) &&
    (await sizeOf(list)) >= found.listBytes;
  const failures = isKept ? found.failures : [];
  let [rows, listBytes] = isKept ? [found.rows, found.listBytes] : [0, 0];
  let marked = { rows, listBytes };
  const handles: FileHandle[] = [];
  const openAt = async (file: string, bytes: number): Promise<FileHandle> => {
    try {
      const handle = await open(file, isKept ? 'r+' : 'w+');
      handles.push(handle);
      await truncate(file, bytes);
      return handle;
    } catch (cause) {
      throw new LacunaError('input', `${join(folder, name)} cannot be written; choose another --out.`, { cause });
    }
  };
  const close = async () => {
    for (const handle of handles.splice(0)) await handle.close();
    await hold.release();
  };
  const readSources = async function* () {
    for await (const { value } of streamJsonLines(list, { end: listBytes })) yield embeddedSourceSchema.parse(value);
  };
  try {
    const [vectorFile, listFile] = [await openAt(vectors, placeOf(rows)), await openAt(list, listBytes)];
    return {
      ...{ rows: () => rows, failures, vectors, list, close },
      readSources,
      async *readRows() {
        let row = 0;
        for await (const source of readSources()) {
          const h = new Float32Array(length);
          await readAll(vectorFile, new Uint8Array(h.buffer), placeOf(row++));
          yield { source, h };
        }
      },
      async append({ source, h }) {
        const line = Buffer.from(encodeJsonLines([source]));
        await vectorFile.write(new Uint8Array(h.buffer, h.byteOffset, h.byteLength), 0, h.byteLength, placeOf(rows));
        await listFile.write(line, 0, line.length, listBytes);
        listBytes += line.length;
        rows += 1;
      },
      mark() {
        marked = { rows, listBytes };
      },
      async keep() {
        await vectorFile.sync();
        await listFile.sync();
        const state = { version: 1, identity, ...marked, failures } satisfies z.output<typeof stateSchema>;
        await writeWhole(folder, stateName, [JSON.stringify(state)]);
      },
      async finish() {
        const header = npyHeader('float32', [rows, ...shape]);
        await vectorFile.write(header, 0, header.length, 0);
        await vectorFile.sync();
      },
      async remove() {
        await close();
        for (const file of [join(folder, stateName), vectors, list]) await rm(file, { force: true });
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
