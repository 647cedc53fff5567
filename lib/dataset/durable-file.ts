// Owns writing that survives a power cut: whole files under their name, folders on the disk. Knows nothing of datasets.
import { type FileHandle, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** The name under which a file is written before it takes its own. */
export function temporaryName(name: string): string {
  return `.${name}.new`;
}

/** Writes the parts of a file one after the other; at every moment it is whole, old or new. */
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

/** Brings the names in a folder to the disk, where the system can: Windows cannot open a folder. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Writes all the bytes at a place. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

/** Reads as many bytes as `into` holds from a place; gives how many there were before the end of the file. */
export async function readAll(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
  let read = 0;
  while (read < into.length) {
    const { bytesRead } = await handle.read(into, read, into.length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return read;
}
