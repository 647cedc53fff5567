// Owns how much memory may be asked for. Knows nothing of what for.
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

/** What the system says can be had, within the limits of the container, in bytes. */
export function readAvailableBytes(): number {
  // There it counts pages alone that nobody has used yet, of which an idle Mac has few; others are given up when they are asked for.
  if (process.platform === 'darwin') return totalmem();
  // Since Node 20.13; it knows of the limits of containers.
  const { availableMemory } = process as { availableMemory?: () => number };
  if (availableMemory === undefined) return freemem();
  const said = availableMemory.call(process);
  return process.platform === 'linux' ? Math.min(freemem(), said + readCacheBytes()) : said;
}

/** Files that were read and written count against a container's limit, and go when memory is asked for. */
function readCacheBytes(): number {
  for (const folder of listGroupFolders(read('/proc/self/cgroup'))) {
    const text = read(`${folder}/memory.stat`);
    if (text !== '') return cacheBytesOf(text);
  }
  return 0;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Where a process's group may stand, by its `/proc/self/cgroup` of either version: at its own path, or, inside a container that does not
 * see the path, at the top.
 */
export function listGroupFolders(text: string): readonly string[] {
  const paths = text.split('\n').flatMap((line) => {
    const [, hierarchy = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (hierarchy === '' && path !== '') return [path];
    return hierarchy.split(',').includes('memory') ? [`/memory${path}`] : [];
  });
  const all = [...paths, '/', '/memory'].map((path) => `/sys/fs/cgroup${path}`.replace(/\/$/, ''));
  return [...new Set(all)];
}

/** Bytes of files in memory, by a cgroup's `memory.stat` of either version. */
export function cacheBytesOf(text: string): number {
  const lines = new Map(
    text.split('\n').map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])] as const),
  );
  const of = (name: string) => lines.get(`total_${name}`) ?? lines.get(name) ?? 0;
  return of('inactive_file') + of('active_file');
}
