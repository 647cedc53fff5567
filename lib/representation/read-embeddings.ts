// Owns the reading of a file of vectors and the list of their clips. Knows nothing of what they are compared for.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { npyHeaderLimit, readNpyHeader } from '../formats/npy.js';
import type { Vectors } from '../measures/nearest-neighbours.js';
import type { ClipSource } from './clip-batches.js';

/** Vectors that were read, and which clip each of them is. */
export type Embeddings = {
  /** `[n, D]` */
  readonly vectors: Vectors;
  readonly clips: readonly ClipSource[];
  /** The first letters of the fingerprint of the model that made them. */
  readonly model: string;
};

const lineSchema = z.object({
  video: z.string(),
  startSeconds: z.number().min(0),
  label: z.string().optional(),
  model: z.string().min(1),
});

/**
 * Reads what `embed` wrote: a `.npy` file of one vector a clip, and the `.jsonl` beside it.
 * @throws {LacunaError} `input` where a file is missing, damaged or of something else, or both are of different lengths.
 */
export async function readEmbeddings(file: string): Promise<Embeddings> {
  if (extname(file).toLowerCase() !== '.npy') {
    throw new LacunaError('usage', `${file} must end in .npy: name the file of vectors that embed wrote.`);
  }
  const vectors = await readVectors(file);
  const listFile = join(dirname(file), `${basename(file, extname(file))}.jsonl`);
  const clips: ClipSource[] = [];
  const models = new Set<string>();
  const list = await open(listFile).catch((cause: unknown) => {
    throw new LacunaError('input', `${listFile} cannot be read; embed writes it beside ${basename(file)}.`, { cause });
  });
  await list.close();
  for await (const text of createInterface({ input: createReadStream(listFile), crlfDelay: Infinity })) {
    const line = parseLine(text);
    if (line === undefined) {
      throw new LacunaError('input', `${listFile} is damaged in line ${clips.length + 1}; run embed again.`);
    }
    const { model, label, ...source } = line;
    models.add(model);
    clips.push({ ...source, ...(label !== undefined && { label }) });
  }
  const [model = '', ...others] = models;
  if (others.length > 0) throw new LacunaError('input', `${listFile} names several models; run embed again.`);
  if (clips.length !== vectors.values.length / vectors.width) {
    throw new LacunaError(
      'input',
      `${file} has ${vectors.values.length / vectors.width} vectors and ${listFile} ${clips.length} lines; run embed again.`,
    );
  }
  return { vectors, clips, model };
}

async function readVectors(file: string): Promise<Vectors> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new LacunaError('input', `${file} cannot be read; name the file of vectors that embed wrote.`, { cause });
  });
  try {
    const head = new Uint8Array(npyHeaderLimit);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const { dtype, shape, dataOffset } = readNpyHeader(head.subarray(0, bytesRead), file);
    const [count = 0, width = 0, ...others] = shape;
    if (dtype !== 'float32' || others.length > 0 || count < 1 || width < 1) {
      throw new LacunaError(
        'input',
        `${file} holds no vectors [n, D] of float32 but [${shape.join(', ')}] of ${dtype}; run embed with --pool mean.`,
      );
    }
    const values = new Float32Array(count * width);
    const bytes = new Uint8Array(values.buffer);
    let read = 0;
    while (read < bytes.length) {
      const part = await handle.read(bytes, read, Math.min(2 ** 26, bytes.length - read), dataOffset + read);
      if (part.bytesRead === 0) throw new LacunaError('input', `${file} is cut short; run embed again.`);
      read += part.bytesRead;
    }
    return { values, width };
  } finally {
    await handle.close();
  }
}

function parseLine(text: string): z.output<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
