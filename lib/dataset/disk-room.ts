// Owns whether what is to be written fits the disk. Knows nothing of how its size is known.
import { readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { datasetNames } from './dataset-files.js';
import { isAbsent } from './dataset-state.js';

/** How much is to be written. */
export type NeededRoom = {
  /** The most likely number of bytes. */
  readonly bytes: number;
  /** Bytes that will hardly be too many: what does not hold these is refused. */
  readonly leastBytes: number;
  /** Where the number comes from, such as `by the headers of 16 of 900 videos`; empty where it is exact. */
  readonly basis: string;
};

/**
 * Bytes that may be written where a dataset folder is or will be; nothing where the system does not say.
 * @param isReplaced whether the shards that are in it will be removed first
 */
export async function readFreeBytes(folder: string, isReplaced: boolean): Promise<number | undefined> {
  const { bsize, bavail, blocks } = await statfs(await nearestFolder(resolve(folder)));
  // Some network file systems say 0 for everything.
  if (blocks === 0) return undefined;
  return bsize * bavail + (isReplaced ? await countBytes(join(folder, datasetNames.shards)) : 0);
}

/** @throws {LacunaError} `input` where it will not fit. */
export function checkRoom(folder: string, needed: NeededRoom, freeBytes: number | undefined): void {
  if (freeBytes === undefined || needed.leastBytes <= freeBytes) return;
  const about = needed.basis === '' ? '' : ` about (an estimate ${needed.basis})`;
  throw new LacunaError(
    'input',
    `${folder} would need${about} ${describeBytes(needed.bytes)} and its disk has ${describeBytes(freeBytes)} free; ` +
      `make room, name a folder on another disk, or ask for fewer or smaller clips.`,
  );
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.4 GB`, in powers of 1000. */
function describeBytes(bytes: number): string {
  let [value, power] = [bytes, 0];
  while (value >= 1000 && power < units.length - 1) [value, power] = [value / 1000, power + 1];
  return `${power === 0 ? bytes : value.toFixed(1)} ${units[power]}`;
}

async function nearestFolder(folder: string): Promise<string> {
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

async function countBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(folder, name))).size;
  return bytes;
}
