// Owns checkpoints: all that a run needs to go on as if it had never stopped. Knows nothing of the work between two of them.
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { syncFolder, temporaryName, writeWhole } from '../dataset/durable-file.js';
import { namesOfState, type StateArrayName, type StateArrays, stateArrayNames } from '../engine/engine.js';
import { decodeSafetensors, encodeSafetensors } from '../formats/safetensors.js';
import { type Position, positionSchema } from './position.js';
import { checkpointName, checkpointPattern, runNames } from './run-files.js';

/** A whole checkpoint. */
export type Checkpoint = { readonly position: Position; readonly state: StateArrays };

const names = { state: 'state.safetensors', position: 'position.json' } as const;

/** So many are kept, the newest, where nobody asks for another number. */
export const keptCheckpoints = 2;

/** A checkpoint that is being written or removed, as a run that was killed may leave it. */
const partPattern = /^\.(?:step-\d{8,}|best)\.(?:new|old)$/;

/**
 * Writes a checkpoint beside the older ones and removes all but the newest few and the one that the run would go back to.
 * @param keep how many of the newest stay, from 1
 */
export async function writeCheckpoint(
  folder: string,
  { position, state }: Checkpoint,
  keep = keptCheckpoints,
): Promise<void> {
  const all = join(folder, runNames.checkpoints);
  const name = checkpointName(position.step);
  const temporary = join(all, temporaryName(name));
  await mkdir(all, { recursive: true });
  await removeParts(all);
  await mkdir(temporary);
  const tensors = namesOfState({ averages: state.averages !== undefined }).map((array) => {
    const data = state[array] ?? new Float32Array(0);
    return { name: array, dtype: 'F32' as const, shape: [data.length], data };
  });
  await writeWhole(temporary, names.state, encodeSafetensors(tensors));
  await writeWhole(temporary, names.position, [`${JSON.stringify(position)}\n`]);
  const listed = await listCheckpoints(folder);
  if (listed.some(({ step }) => step === position.step)) await removeCheckpoint(all, name);
  await rename(temporary, join(all, name));
  await syncFolder(all);
  const older = (await listCheckpoints(folder)).slice(keep).filter(({ step }) => step !== position.anchor);
  for (const { name: old } of older) await removeCheckpoint(all, old);
}

/** Removes the checkpoints of later steps, the newest first, so that a run goes on from this one. */
export async function removeLaterCheckpoints(folder: string, step: number): Promise<void> {
  const all = join(folder, runNames.checkpoints);
  const later = (await listCheckpoints(folder)).filter((listed) => listed.step > step);
  if (later.length > 0) await removeParts(all);
  for (const { name } of later) await removeCheckpoint(all, name);
}

async function removeParts(all: string): Promise<void> {
  const parts = (await readdir(all)).filter((entry) => partPattern.test(entry));
  for (const entry of parts) await rm(join(all, entry), { recursive: true, force: true });
}

/** Takes the name away first, so that whatever bears it is whole. */
async function removeCheckpoint(all: string, name: string): Promise<void> {
  const gone = join(all, `.${name}.old`);
  await rename(join(all, name), gone);
  await rm(gone, { recursive: true });
}

/**
 * Reads the checkpoint of a step, by default the newest; nothing where there is none.
 * @throws {LacunaError} `input` where it is damaged.
 */
export async function readCheckpoint(folder: string, step?: number): Promise<Checkpoint | undefined> {
  const found = (await listCheckpoints(folder)).find((listed) => step === undefined || listed.step === step);
  if (found === undefined) return undefined;
  const place = join(folder, runNames.checkpoints, found.name);
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
  const moments = { moments1: read('moments1'), moments2: read('moments2') };
  return {
    position,
    state: {
      parameters: read('parameters'),
      ...moments,
      ...(tensors.has('averages') ? { averages: read('averages') } : {}),
    },
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
