// Owns whether a file can be written where it is asked for. Knows nothing of what is in it.
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LacunaError } from './lacuna-error.js';

/**
 * Before the work: hours of it are lost where there is no folder to write to.
 * @throws {LacunaError} `input` where the file cannot be there.
 */
export async function checkPlace(file: string): Promise<void> {
  const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  if (!(await isFolder(dirname(file)))) {
    throw new LacunaError('input', `${file} cannot be written, as ${dirname(file)} is no folder; make it first.`);
  }
  if (await isFolder(file)) throw new LacunaError('input', `${file} is a folder; name a file.`);
}
