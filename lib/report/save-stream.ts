// Owns writing a file part by part, so that it stands whole under its name or not at all. Knows nothing of what is written.
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { syncFolder, temporaryName } from '../dataset/durable-file.js';

/**
 * Writes the parts as they come; a file that is there is replaced at the end.
 * @throws {LacunaError} `input` where it cannot be written.
 * @throws what `parts` throws.
 */
export async function saveStream(file: string, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)];
  const unfinished = join(folder, temporaryName(name));
  // What the disk says is told apart from what the parts throw.
  const onDisk = async <Result>(work: Promise<Result>): Promise<Result> =>
    work.catch((cause: unknown) => {
      const remedy = 'check that its folder may be written and has room';
      throw new LacunaError('input', `${file} cannot be written; ${remedy}.`, { cause });
    });
  try {
    const handle = await onDisk(open(unfinished, 'w'));
    try {
      for await (const part of parts) await onDisk(handle.writeFile(part));
      await onDisk(handle.sync());
    } finally {
      await handle.close();
    }
    await onDisk(rename(unfinished, file).then(() => syncFolder(folder)));
  } finally {
    await rm(unfinished, { force: true });
  }
}
