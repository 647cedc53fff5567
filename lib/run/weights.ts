// Owns `model.safetensors`: the parameters of a model by their names. Knows nothing of how they were learned.
import { writeWhole } from '../dataset/durable-file.js';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import type { ParameterLayout } from '../engine/parameter-layout.js';
import { decodeSafetensors, encodeSafetensors } from '../formats/safetensors.js';
import { runNames } from './run-files.js';

/** Parameters that were read, and what tells them from all others. */
export type Weights = {
  /** `[P]` in the order of the layout. */
  readonly parameters: Float32Array;
  /** SHA-256 of the file, in hexadecimal. */
  readonly fingerprint: string;
};

/** Writes the parameters of a model; at every moment the file is whole, old or new. */
export async function writeWeights(folder: string, layout: ParameterLayout, parameters: Float32Array): Promise<void> {
  const tensors = layout.places.map(({ name, shape, offset, length }) => ({
    ...{ name, shape, dtype: 'F32' as const },
    data: parameters.subarray(offset, offset + length),
  }));
  // `format` is what Hugging Face's loader asks for.
  await writeWhole(folder, runNames.weights, encodeSafetensors(tensors, { format: 'pt' }));
}

/**
 * Reads the parameters of a model of this layout.
 * @throws {LacunaError} `input` where there is no such file, or a parameter is missing or of another shape.
 */
export async function readWeights(folder: string, layout: ParameterLayout): Promise<Weights> {
  const file = join(folder, runNames.weights);
  const bytes = await readBytes(folder);
  const { tensors } = decodeSafetensors(bytes, file);
  const parameters = new Float32Array(layout.length);
  for (const { name, shape, offset } of layout.places) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw wrongWeights(file, `it has no ${name}`);
    if (tensor.shape.join() !== shape.join()) {
      throw wrongWeights(file, `its ${name} has the shape [${tensor.shape.join(', ')}] and not [${shape.join(', ')}]`);
    }
    parameters.set(tensor.data, offset);
  }
  return { parameters, fingerprint: hash(bytes) };
}

/** The fingerprint alone, as in {@link Weights}. @throws {LacunaError} `input` where there is no such file. */
export async function fingerprintWeights(folder: string): Promise<string> {
  return hash(await readBytes(folder));
}

/**
 * Puts those parameters of a model into an arena that have the names, and leaves the others.
 * @param into `[P]` in the order of the layout
 * @returns the fingerprint of the file, as in {@link Weights}
 * @throws {LacunaError} as {@link readWeights}.
 */
export async function readWeightsOf(
  folder: string,
  layout: ParameterLayout,
  names: ReadonlySet<string>,
  into: Float32Array,
): Promise<string> {
  const places = layout.places.filter(({ name }) => names.has(name));
  const { parameters, fingerprint } = await readWeights(folder, { ...layout, places });
  for (const { offset, length } of places) into.set(parameters.subarray(offset, offset + length), offset);
  return fingerprint;
}

async function readBytes(folder: string): Promise<Uint8Array> {
  return readFile(join(folder, runNames.weights)).catch((cause: unknown) => {
    throw new LacunaError('input', `${folder} has no weights (${runNames.weights}); train it with pretrain first.`, {
      cause,
    });
  });
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function wrongWeights(file: string, wrong: string): LacunaError {
  return new LacunaError('input', `${file} does not hold the weights that ${runNames.config} describes: ${wrong}.`);
}
