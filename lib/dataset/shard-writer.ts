// Owns the bytes of growing shards: which file and row a clip goes to, headers, cutting back. Knows nothing of videos.
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clipLength, type ClipShape } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { npyHeader } from '../formats/npy.js';
import { type ClipRecord, datasetNames, shardName, shardPattern } from './dataset-files.js';
import { isAbsent } from './dataset-state.js';
import { syncFolder, writeAll } from './durable-file.js';

/** Appends clips to the shards of a folder. */
export type ShardWriter = {
  /** Writes a clip and says where it is. */
  readonly add: (pixels: Uint8Array) => Promise<Pick<ClipRecord, 'shard' | 'row'>>;
  /** Takes the last clips back; they were added since the last sync. */
  readonly takeBack: (clips: number) => Promise<void>;
  /** Brings all that was added to the disk. */
  readonly sync: () => Promise<void>;
  /** Writes the last shard's true number of rows, and ends. */
  readonly finish: () => Promise<void>;
  /** Ends as it is. */
  readonly close: () => Promise<void>;
};

/**
 * Opens the shards of a folder after their first `clips` clips; whatever comes after those is removed.
 * @throws {LacunaError} `input` where there are fewer.
 */
export async function openShardWriter(
  folder: string,
  shape: ClipShape,
  shardClips: number,
  clips: number,
): Promise<ShardWriter> {
  const rowBytes = clipLength(shape);
  const header = (rows: number) => npyHeader('uint8', [rows, shape.frames, shape.height, shape.width, shape.channels]);
  const headerBytes = header(0).length;
  const shards = join(folder, datasetNames.shards);
  let held: { readonly index: number; readonly handle: FileHandle } | undefined;
  let added = clips;

  /** The header of a shard at work is that of a full one, so that a shard that fills up needs no second look. */
  const hold = async (index: number): Promise<FileHandle> => {
    if (held?.index === index) return held.handle;
    await release();
    const handle = await openOrMake(join(folder, shardName(index)));
    held = { index, handle };
    await writeAll(handle, header(shardClips), 0);
    return handle;
  };
  const release = async (): Promise<void> => {
    const { handle } = held ?? {};
    held = undefined;
    if (handle) await handle.sync().finally(() => handle.close());
  };

  const cutBack = async (): Promise<void> => {
    await mkdir(shards, { recursive: true });
    const last = Math.ceil(added / shardClips) - 1;
    for (const name of await readdir(shards)) {
      const isOurs = shardPattern.test(`${datasetNames.shards}/${name}`);
      if (isOurs && Number.parseInt(name, 10) > last) await rm(join(shards, name));
    }
    for (let index = 0; index <= last; index++) {
      const rows = Math.min(shardClips, added - index * shardClips);
      await cutShard(join(folder, shardName(index)), headerBytes + rows * rowBytes);
    }
  };

  await cutBack();
  return {
    async add(pixels) {
      const index = Math.floor(added / shardClips);
      const row = added % shardClips;
      await writeAll(await hold(index), pixels, headerBytes + row * rowBytes);
      added += 1;
      return { shard: shardName(index), row };
    },
    async takeBack(count) {
      await release();
      added -= count;
      await cutBack();
    },
    async sync() {
      await held?.handle.sync();
      await syncFolder(shards);
    },
    async finish() {
      const rows = added % shardClips;
      // Even where nothing was added: a call that was killed may have left it open.
      if (rows > 0) await writeAll(await hold(Math.floor(added / shardClips)), header(rows), 0);
      await release();
      await syncFolder(shards);
    },
    close: release,
  };
}

async function openOrMake(path: string): Promise<FileHandle> {
  return open(path, 'r+').catch((error: unknown) => {
    if (isAbsent(error)) return open(path, 'wx+');
    throw error;
  });
}

async function cutShard(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'r+').catch((error: unknown) => {
    if (!isAbsent(error)) throw error;
    throw new LacunaError('input', `${path} is gone; make the dataset again with overwrite.`, { cause: error });
  });
  try {
    const { size } = await handle.stat();
    if (size < bytes) throw new LacunaError('input', `${path} is cut short; make the dataset again with overwrite.`);
    if (size > bytes) await handle.truncate(bytes);
  } finally {
    await handle.close();
  }
}
