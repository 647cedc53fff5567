// Owns the reading of a file of vectors and the list of their clips. Knows nothing of what they are compared for.
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { readAll } from '../dataset/durable-file.js';
import { npyHeaderLimit, readNpyHeader } from '../formats/npy.js';
import { formOf, listOf } from './embedding-files.js';
import { type EmbeddedSource, embeddedSourceSchema } from './write-embeddings.js';

/** An array that `embed` wrote, open. */
export type VectorFile = {
  readonly name: string;
  readonly file: FileHandle;
  readonly rows: number;
  /** Of the vectors of one row, `[D]`, by frames or tokens `[…, D]`. */
  readonly shape: readonly number[];
  /** Numbers of a row. */
  readonly length: number;
  /** The byte that they begin at. */
  readonly dataOffset: number;
};

/**
 * Opens an array that `embed` wrote; whoever asks closes it.
 * @throws {LacunaError} `usage` for another ending; `input` where it is missing, damaged or of something else.
 */
export async function openVectors(name: string): Promise<VectorFile> {
  if (formOf(name) !== 'npy') {
    throw new LacunaError('usage', `${name} must end in .npy: name the file of vectors that embed wrote.`);
  }
  const file = await open(name).catch((cause: unknown) => {
    throw new LacunaError('input', `${name} cannot be read; name the file of vectors that embed wrote.`, { cause });
  });
  try {
    const head = new Uint8Array(npyHeaderLimit);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const { dtype, shape: all, dataOffset } = readNpyHeader(head.subarray(0, bytesRead), name);
    const [rows = 0, ...shape] = all;
    const length = shape.reduce((product, size) => product * size, 1);
    if (dtype !== 'float32' || shape.length === 0 || rows * length === 0) {
      throw new LacunaError(
        'input',
        `${name} holds no vectors [n, D] of float32 but [${all.join(', ')}] of ${dtype}; run embed again.`,
      );
    }
    if ((await file.stat()).size < dataOffset + 4 * rows * length) {
      throw new LacunaError('input', `${name} is cut short; run embed again.`);
    }
    return { name, file, rows, shape, length, dataOffset };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The same, of one vector a row. @throws {LacunaError} as {@link openVectors}, and where there are several. */
export async function openFlatVectors(name: string): Promise<VectorFile> {
  const vectors = await openVectors(name);
  if (vectors.shape.length === 1) return vectors;
  await vectors.file.close();
  throw new LacunaError(
    'input',
    `${name} holds no vectors [n, D] but [n, ${vectors.shape.join(', ')}]; run embed with --pool mean.`,
  );
}

/** Reads so many rows from one on. Default: all. */
export async function readRows(
  { file, rows, length, dataOffset }: VectorFile,
  row = 0,
  count = rows,
): Promise<Float32Array<ArrayBuffer>> {
  const values = new Float32Array(count * length);
  await readAll(file, new Uint8Array(values.buffer), dataOffset + 4 * row * length);
  return values;
}

/**
 * Reads the list beside an array.
 * @throws {LacunaError} `input` where it is missing, damaged, of another length, or of several models, layers or poolings.
 */
export async function readList({ name, rows }: VectorFile): Promise<readonly EmbeddedSource[]> {
  const file = listOf(name);
  const sources: EmbeddedSource[] = [];
  for await (const text of readText(name)) {
    const line = parseLine(text);
    if (line === undefined) {
      throw new LacunaError('input', `${file} is damaged in line ${sources.length + 1}; run embed again.`);
    }
    sources.push(line);
  }
  if (new Set(sources.map(({ model, layer, pooling }) => [model, layer, pooling].join())).size > 1) {
    throw new LacunaError('input', `${file} names several models, layers or poolings; run embed again.`);
  }
  if (sources.length !== rows) {
    throw new LacunaError('input', `${name} has ${rows} vectors and ${file} ${sources.length} lines; run embed again.`);
  }
  return sources;
}

/**
 * Reads some lines of the list, without a look at what the others say.
 * @returns the line of each row that is asked for
 * @throws {LacunaError} `input` where one of them is missing or damaged.
 */
export async function readLines({ name }: VectorFile, rows: readonly number[]): Promise<readonly EmbeddedSource[]> {
  const wanted = new Set(rows);
  const found = new Map<number, EmbeddedSource>();
  let row = 0;
  for await (const text of readText(name)) {
    const line = wanted.has(row) ? parseLine(text) : undefined;
    if (line !== undefined) found.set(row, line);
    row += 1;
    if (found.size === wanted.size) break;
  }
  return rows.map((asked) => {
    const line = found.get(asked);
    if (line !== undefined) return line;
    throw new LacunaError('input', `${listOf(name)} is damaged in line ${asked + 1}; run embed again.`);
  });
}

/** A line without what all lines have in common. */
export function withoutModel({
  video,
  startSeconds,
  label,
  clips,
}: EmbeddedSource): Omit<EmbeddedSource, 'model' | 'layer' | 'pooling'> {
  return { video, startSeconds, ...(label !== undefined && { label }), ...(clips !== undefined && { clips }) };
}

async function* readText(name: string): AsyncGenerator<string, void> {
  const file = listOf(name);
  const handle = await open(file).catch((cause: unknown) => {
    throw new LacunaError('input', `${file} cannot be read; embed writes it beside ${basename(name)}.`, { cause });
  });
  try {
    yield* handle.readLines();
  } finally {
    await handle.close();
  }
}

function parseLine(text: string): EmbeddedSource | undefined {
  try {
    return embeddedSourceSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
