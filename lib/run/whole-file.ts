// Owns the writing of a file in parts so that at every moment it is whole, old or new.
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, temporaryName } from '../dataset/durable-file.js';

/** Writes the parts one after the other under a temporary name, then gives the file its own. */
export async function writeWhole(folder: string, name: string, parts: readonly (Uint8Array | string)[]): Promise<void> {
  const temporary = join(folder, temporaryName(name));
  const handle = await open(temporary, 'w');
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, name));
  await syncFolder(folder);
}
