// Owns what stands in one folder, by kind and in order, without a look at each name. Knows nothing of videos.
import { opendir } from 'node:fs/promises';

/** What a name in a folder is, as the folder itself says; `other` is a pipe, a socket or a device. */
export type EntryKind = 'file' | 'folder' | 'link' | 'other';

/** The names in a folder. */
export type FolderListing = {
  /** Sorted by UTF-16 code unit; names that begin with a dot and those that were not wanted are left out. */
  readonly names: readonly string[];
  /** What each of them is; a name that is not in it is a file. */
  readonly kinds: ReadonlyMap<string, Exclude<EntryKind, 'file'>>;
};

/** Names that one call of the operating system gives. */
const bufferSize = 1024;

/**
 * Lists a folder in a stream, so that of a large one only the names that are wanted are in memory.
 * @param isWanted told of each name that does not begin with a dot
 * @throws what the operating system says where the folder cannot be opened or read to its end.
 */
export async function listFolder(
  folder: string,
  isWanted: (name: string, kind: EntryKind) => boolean,
  signal?: AbortSignal,
): Promise<FolderListing> {
  const names: string[] = [];
  const kinds = new Map<string, Exclude<EntryKind, 'file'>>();
  for await (const entry of await opendir(folder, { bufferSize })) {
    signal?.throwIfAborted();
    const { name } = entry;
    if (name.startsWith('.')) continue;
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
    if (!isWanted(name, kind)) continue;
    names.push(name);
    if (kind !== 'file') kinds.set(name, kind);
  }
  return { names: names.sort(), kinds };
}
