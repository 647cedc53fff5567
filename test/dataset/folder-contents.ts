// Reads every file of a folder, so that two folders can be compared byte for byte.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export async function folderContents(folder: string): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    contents[path.slice(folder.length + 1)] = `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  return Object.fromEntries(Object.entries(contents).sort(([left], [right]) => (left < right ? -1 : 1)));
}
