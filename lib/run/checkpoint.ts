// Owns checkpoints: all that a run needs to go on as if it had never stopped. Knows nothing of the work between two of them.
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { syncFolder, temporaryName, writeWhole } from '../dataset/durable-file.js';
import { type StateArrayName, type StateArrays, stateArrayNames } from '../engine/engine.js';
import { decodeSafetensors, encodeSafetensors } from '../formats/safetensors.js';
import { checkpointName, checkpointPattern, runNames } from './run-files.js';

const positionSchema = z.strictObject({
  /** Steps that are done; the next one reads the loader's batch of this number. */
  step: z.int().min(0),
  /** Seconds of training that they took, over all calls. */
  elapsedSeconds: z.number().min(0),
  /** Mean loss over the last steps. */
  loss: z.number(),
  /** Whether the run has come to its end. */
  isFinished: z.boolean(),
  /** Bytes of each log that belong to those steps. */
  logBytes: z.record(z.string(), z.int().min(0)),
});

/** How far a run is. Every random choice follows from the seed and the step, so that no generator has a state. */
export type Position = Readonly<z.infer<typeof positionSchema>>;

/** A whole checkpoint. */
export type Checkpoint = { readonly position: Position; readonly state: StateArrays };

const names = { state: 'state.safetensors', position: 'position.json' } as const;

/** So many are kept, the newest. */
const keptCheckpoints = 2;

/** A checkpoint that is being written or removed, as a run that was killed may leave it. */
const partPattern = /^\.step-\d{8,}\.(?:new|old)$/;

/** Writes a checkpoint beside the older ones and removes all but the newest few. */
export async function writeCheckpoint(folder: string, { position, state }: Checkpoint): Promise<void> {
  const all = join(folder, runNames.checkpoints);
  const name = checkpointName(position.step);
  const temporary = join(all, temporaryName(name));
  await mkdir(all, { recursive: true });
  const parts = (await readdir(all)).filter((entry) => partPattern.test(entry));
  for (const entry of parts) await rm(join(all, entry), { recursive: true, force: true });
  await mkdir(temporary);
  const tensors = stateArrayNames.map((array) => ({
    ...{ name: array, dtype: 'F32' as const, shape: [state[array].length] },
    data: state[array],
  }));
  await writeWhole(temporary, names.state, encodeSafetensors(tensors));
  await writeWhole(temporary, names.position, [`${JSON.stringify(position)}\n`]);
  const listed = await listCheckpoints(folder);
  if (listed.some(({ step }) => step === position.step)) await removeCheckpoint(all, name);
  await rename(temporary, join(all, name));
  await syncFolder(all);
  const older = (await listCheckpoints(folder)).slice(keptCheckpoints);
  for (const { name: old } of older) await removeCheckpoint(all, old);
}

/** Takes the name away first, so that whatever bears it is whole. */
async function removeCheckpoint(all: string, name: string): Promise<void> {
  const gone = join(all, `.${name}.old`);
  await rename(join(all, name), gone);
  await rm(gone, { recursive: true });
}

/**
 * Reads the newest checkpoint; nothing where there is none.
 * @throws {LacunaError} `input` where it is damaged.
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const [newest] = await listCheckpoints(folder);
  if (newest === undefined) return undefined;
  const place = join(folder, runNames.checkpoints, newest.name);
  const position = await readPosition(place);
  const file = join(place, names.state);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new LacunaError('input', `${file} cannot be read; remove ${place} to go on from the checkpoint before.`, {
      cause,
    });
  });
  const { tensors } = decodeSafetensors(bytes, file);
  const length = tensors.get(stateArrayNames[0])?.data.length;
  const read = (name: StateArrayName): Float32Array => {
    const data = tensors.get(name)?.data;
    if (data !== undefined && data.length === length) return data;
    const wrong = data === undefined ? `has no ${name}` : `has ${data.length} ${name} for ${length ?? 0} parameters`;
    throw new LacunaError('input', `${file} ${wrong}; remove ${place} to go on from the checkpoint before.`);
  };
  return {
    position,
    state: { parameters: read('parameters'), moments1: read('moments1'), moments2: read('moments2') },
  };
}

/**
 * How far the newest checkpoint is, without its arrays; nothing where there is none.
 * @throws {LacunaError} `input` where it is damaged.
 */
export async function readNewestPosition(folder: string): Promise<Position | undefined> {
  const [newest] = await listCheckpoints(folder);
  return newest && readPosition(join(folder, runNames.checkpoints, newest.name));
}

async function readPosition(place: string): Promise<Position> {
  const file = join(place, names.position);
  try {
    return positionSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new LacunaError('input', `${file} is damaged; remove ${place} to go on from the checkpoint before.`, {
      cause,
    });
  }
}

/** The newest first. */
async function listCheckpoints(folder: string): Promise<readonly { readonly name: string; readonly step: number }[]> {
  const entries = await readdir(join(folder, runNames.checkpoints)).catch(() => []);
  return entries
    .map((name) => ({ name, step: Number(checkpointPattern.exec(name)?.[1] ?? NaN) }))
    .filter(({ step }) => Number.isInteger(step))
    .sort((one, other) => other.step - one.step);
}
