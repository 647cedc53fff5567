// Owns a file of vectors and the list of which clip each of them is. Knows nothing of how they are made.
import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import type { FailureRecord } from '../dataset/dataset-files.js';
import { temporaryName } from '../dataset/durable-file.js';
import { deviceNames } from '../engine/device-names.js';
import { engineNames } from '../engine/engine-names.js';
import { encodeJsonLines } from '../formats/jsonl.js';
import { nameFailures } from '../dataset/name-failures.js';
import { npyHeader } from '../formats/npy.js';
import { type LoadedModel, loadModel, type LoadOptions } from '../run/load-model.js';
import { tokenPoolingNames } from '../model/model-config.js';
import { embedVideos, type VectorChoice, vectorShape } from './embed-videos.js';

/** What is embedded, and where the vectors go. */
export type EmbedOptions = LoadOptions &
  VectorChoice & {
    /** A run folder. */
    readonly model: string;
    /** Video files, folders that are searched for them, and datasets that `prepare` made. At least one. */
    readonly inputs: readonly string[];
    /** A `.npy` file; `.jsonl` and, where something failed, `.failures.jsonl` stand beside it. Replaced where they are there. */
    readonly out: string;
  };

/** What was written. */
export type EmbedResult = {
  /** The file of vectors, as it was given. */
  readonly out: string;
  /** Rows of the file: one for each clip. */
  readonly vectors: number;
  /** D. */
  readonly width: number;
  /** Videos that could not be read, or not in full. */
  readonly failures: readonly FailureRecord[];
};

const optionsSchema = z.strictObject({
  model: z.string().min(1),
  inputs: z.array(z.string().min(1)).min(1),
  out: z.string().min(1),
  layer: z.int().min(0).optional(),
  pooling: z.enum(tokenPoolingNames).default('mean'),
  engine: z.enum(engineNames).optional(),
  device: z.enum(deviceNames).optional(),
  threads: z.int().min(1).max(1024).optional(),
});

/** Letters of the model's fingerprint that each line of the list carries. */
export const fingerprintLetters = 16;

/**
 * Writes the vectors of each clip: float32 `[n, D]` as `.npy` (by frames or tokens `[n, …, D]`), and a line
 * `{"video","startSeconds","model"}`, with `label` where a dataset says it, for each row.
 * @throws {LacunaError} `usage` where `out` is no `.npy`; `input` where the model or all videos cannot be read.
 */
export async function embed(options: EmbedOptions, controls: JobControls = {}): Promise<EmbedResult> {
  const checked = checkOptions(optionsSchema, options, 'embed');
  const { model: folder, inputs, out, layer, pooling, engine, device, threads } = checked;
  if (extname(out).toLowerCase() !== '.npy') {
    throw new LacunaError('usage', `${out} must end in .npy: vectors are written as a NumPy array.`);
  }
  controls.signal?.throwIfAborted();
  const model = await loadModel(folder, { engine, device, threads });
  try {
    return await writeVectors(model, inputs, out, { layer, pooling }, controls);
  } finally {
    await model.compute.close();
  }
}

async function writeVectors(
  model: LoadedModel,
  inputs: readonly string[],
  out: string,
  choice: VectorChoice,
  controls: JobControls,
): Promise<EmbedResult> {
  const shape = await vectorShape(model, choice);
  const folder = dirname(out);
  const beside = (ending: string) => `${basename(out, extname(out))}${ending}`;
  const names = { vectors: basename(out), list: beside('.jsonl'), failures: beside('.failures.jsonl') };
  const failures: FailureRecord[] = [];
  const written = await writeTogether(folder, [names.vectors, names.list], async ([vectors, list]) => {
    let rows = 0;
    const fingerprint = model.fingerprint.slice(0, fingerprintLetters);
    const onFailure = (failure: FailureRecord) => failures.push(failure);
    for await (const { h, ...clip } of embedVideos(model, inputs, { onFailure, ...choice }, controls)) {
      // The header's length does not depend on the number of rows; it is written again at the end.
      if (rows === 0) await vectors.appendFile(npyHeader('float32', [0, ...shape]));
      await vectors.appendFile(new Uint8Array(h.buffer, h.byteOffset, h.byteLength));
      await list.appendFile(encodeJsonLines([{ ...clip, model: fingerprint }]));
      rows += 1;
    }
    if (rows === 0) throw nothingEmbedded(failures);
    const header = npyHeader('float32', [rows, ...shape]);
    await vectors.write(header, 0, header.length, 0);
    return { vectors: rows, width: shape.at(-1) ?? 0 };
  });
  const failuresFile = join(folder, names.failures);
  if (failures.length > 0) await writeFile(failuresFile, encodeJsonLines(failures));
  else await rm(failuresFile, { force: true });
  return { out, ...written, failures };
}

/** Writes two files under temporary names and gives them their own only when both are whole. */
async function writeTogether<Result>(
  folder: string,
  names: readonly [string, string],
  write: (handles: readonly [FileHandle, FileHandle]) => Promise<Result>,
): Promise<Result> {
  const temporary = (name: string) => join(folder, temporaryName(name));
  const opened: FileHandle[] = [];
  const make = async (name: string): Promise<FileHandle> => {
    const file = join(folder, name);
    try {
      if (await isFolder(file)) throw new Error('a folder is in its place');
      const handle = await open(temporary(name), 'w');
      opened.push(handle);
      return handle;
    } catch (cause) {
      throw new LacunaError('input', `${file} cannot be written; choose another --out.`, { cause });
    }
  };
  try {
    const handles = [await make(names[0]), await make(names[1])] as const;
    const result = await write(handles);
    for (const handle of handles) await handle.sync();
    for (const name of names) await rename(temporary(name), join(folder, name));
    return result;
  } finally {
    for (const handle of opened) await handle.close();
    for (const name of names) await rm(temporary(name), { force: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function nothingEmbedded(failures: readonly FailureRecord[]): LacunaError {
  return new LacunaError('input', `No vector could be made: ${nameFailures(failures)}; name other videos.`);
}
