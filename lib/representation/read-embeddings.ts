// Owns the reading of a file of vectors and the list of their clips. Knows nothing of what they are compared for.
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { readAll } from '../dataset/durable-file.js';
import { npyHeaderLimit, readNpyHeader } from '../formats/npy.js';
import type { Vectors } from '../measures/nearest-neighbours.js';
import { clipSourceSchema } from './clip-batches.js';
import { formOf, listOf } from './embedding-files.js';
import type { EmbeddedSource } from './write-embeddings.js';

/** Vectors that were read, and which clip each of them is. */
export type Embeddings = {
  /** `[n, D]` */
  readonly vectors: Vectors;
  readonly clips: readonly EmbeddedSource[];
  /** The first letters of the fingerprint of the model that made them. */
  readonly model: string;
};

const lineSchema = clipSourceSchema.extend({ clips: z.int().min(1).exactOptional(), model: z.string().min(1) });

/**
 * Reads what `embed` wrote: a `.npy` file of one vector a clip, and the `.jsonl` beside it.
 * @throws {LacunaError} `input` where a file is missing, damaged or of something else, or both are of different lengths.
 */
export async function readEmbeddings(file: string): Promise<Embeddings> {
  const { file: handle, shape, dataOffset } = await openVectors(file);
  try {
    const [count = 0, width = 0, ...others] = shape;
    if (others.length > 0) {
      throw new LacunaError(
        'input',
        `${file} holds no vectors [n, D] but [${shape.join(', ')}]; run embed with --pool mean.`,
      );
    }
    const clips = await readList(file, count);
    const values = new Float32Array(count * width);
    await readAll(handle, new Uint8Array(values.buffer), dataOffset);
    return { vectors: { values, width }, clips, model: clips[0]?.model ?? '' };
  } finally {
    await handle.close();
  }
}

/**
 * Opens an array that `embed` wrote.
 * @returns the open file, the shape, and the byte that the values begin at
 * @throws {LacunaError} `usage` for another ending; `input` where it is missing, damaged or of something else.
 */
export async function openVectors(
  name: string,
): Promise<{ readonly file: FileHandle; readonly shape: readonly number[]; readonly dataOffset: number }> {
  if (formOf(name) !== 'npy') {
    throw new LacunaError('usage', `${name} must end in .npy: name the file of vectors that embed wrote.`);
  }
  const file = await open(name).catch((cause: unknown) => {
    throw new LacunaError('input', `${name} cannot be read; name the file of vectors that embed wrote.`, { cause });
  });
  try {
    const head = new Uint8Array(npyHeaderLimit);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const { dtype, shape, dataOffset } = readNpyHeader(head.subarray(0, bytesRead), name);
    if (dtype !== 'float32' || shape.length < 2 || shape.includes(0)) {
      throw new LacunaError(
        'input',
        `${name} holds no vectors [n, D] of float32 but [${shape.join(', ')}] of ${dtype}; run embed again.`,
      );
    }
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    if ((await file.stat()).size < dataOffset + bytes) {
      throw new LacunaError('input', `${name} is cut short; run embed again.`);
    }
    return { file, shape, dataOffset };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Reads the list beside an array of so many rows.
 * @throws {LacunaError} `input` where it is missing, damaged, of another length or of several models.
 */
export async function readList(name: string, rows: number): Promise<readonly EmbeddedSource[]> {
  const file = listOf(name);
  const sources: EmbeddedSource[] = [];
  const handle = await open(file).catch((cause: unknown) => {
    throw new LacunaError('input', `${file} cannot be read; embed writes it beside ${basename(name)}.`, { cause });
  });
  await handle.close();
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const line = parseLine(text);
    if (line === undefined) {
      throw new LacunaError('input', `${file} is damaged in line ${sources.length + 1}; run embed again.`);
    }
    sources.push(line);
  }
  if (new Set(sources.map(({ model }) => model)).size > 1) {
    throw new LacunaError('input', `${file} names several models; run embed again.`);
  }
  if (sources.length !== rows) {
    throw new LacunaError('input', `${name} has ${rows} vectors and ${file} ${sources.length} lines; run embed again.`);
  }
  return sources;
}

function parseLine(text: string): EmbeddedSource | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
