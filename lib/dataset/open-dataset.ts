// Owns reading clips out of a dataset folder. Knows nothing of batches and their order.
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clipLength, type ClipShape, describeShape } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { decodeJsonLines } from '../formats/jsonl.js';
import { npyHeaderLimit, readNpyHeader } from '../formats/npy.js';
import type { Fit } from '../video/decode-graph.js';
import { readIndexedVideos } from './clip-index.js';
import { type ClipRecord, datasetNames, parseClipRecords, readDescription } from './dataset-files.js';
import { isUnfinished } from './dataset-state.js';
import { readAll } from './durable-file.js';
import { createStreamReader } from './stream-reader.js';

/** An open dataset folder; reads clips in any order, several calls at once. */
export type Dataset = {
  /** The folder, as it was given. */
  readonly folder: string;
  /** `[T, H, W, C]` of each clip. */
  readonly shape: ClipShape;
  /** Frames a second that the videos were read at; the frames of a clip lie `stride / fps` seconds apart. */
  readonly fps: number;
  /** From one frame of a clip to the next, in frames at `fps`. */
  readonly stride: number;
  /** How its pictures came to their size. */
  readonly fit: Fit;
  /** One record a clip; its place in this list is its row in every call. */
  readonly clips: readonly ClipRecord[];
  /** SHA-256 of `dataset.json` and `clips.jsonl`, in hexadecimal: the same for the same clips in the same order. */
  readonly fingerprint: string;
  /**
   * Reads the clips of these rows, one after the other, `uint8 [rows, T, H, W, C]`, into memory of just that length.
   * @param signal ends what takes long: the decoding of clips that are read out of their videos
   */
  readonly readClips: (rows: readonly number[] | Int32Array, into: Uint8Array, signal?: AbortSignal) => Promise<void>;
  /** Closes the files. Nothing can be read afterwards. */
  readonly close: () => Promise<void>;
};

/** Files that stay open; of more shards than that, the later ones are opened for each read. */
const mostOpenFiles = 64;

type Shard = { readonly file: string; readonly dataOffset: number; handle?: Promise<FileHandle> };

/**
 * Opens a dataset folder and checks that every clip that it lists is there; the clips of an index are read out of their videos.
 * @throws {LacunaError} `input` where it is no dataset, is unfinished, holds no clips, or a file of it is missing or short.
 */
export async function openDataset(folder: string): Promise<Dataset> {
  const description = await readDescription(folder);
  if (description === undefined) {
    throw new LacunaError('input', `${folder} is not a dataset folder; make one with prepare.`);
  }
  if (await isUnfinished(folder)) {
    throw new LacunaError(
      'input',
      `${folder} is unfinished; run the same prepare again, which goes on where it ended.`,
    );
  }
  const [frames, height, width, channels] = description.shape;
  const shape: ClipShape = { frames, height, width, channels };
  const clipsFile = join(folder, datasetNames.clips);
  const clipBytes = await readFile(clipsFile).catch((cause: unknown) => {
    throw new LacunaError('input', `${clipsFile} cannot be read; make the dataset again.`, { cause });
  });
  const clips = parseClipRecords(decodeJsonLines(clipBytes, clipsFile).values, clipsFile);
  if (clips.length === 0) throw new LacunaError('input', `${folder} holds no clips; prepare more videos into it.`);
  const indexed = await readIndexedVideos(folder);
  const streamed = indexed && createStreamReader(indexed, clips, description.options);
  const shards = streamed ? new Map<string, Shard>() : await openShards(folder, shape, clips);
  const fingerprint = createHash('sha256')
    .update(await readFile(join(folder, datasetNames.description)))
    .update(clipBytes)
    .digest('hex');
  const rowBytes = clipLength(shape);

  const readShardClip = async (row: number, into: Uint8Array): Promise<void> => {
    const record = clips[row];
    const shard = record && shards.get(record.shard);
    if (!shard) throw new RangeError(`row must be a whole number from 0 to ${clips.length - 1}, got ${row}`);
    const isKept = shard.handle !== undefined;
    const handle = await (shard.handle ?? openShard(shard.file));
    try {
      const bytes = await readAll(handle, into, shard.dataOffset + record.row * rowBytes);
      if (bytes < into.length) throw new LacunaError('input', `${shard.file} is cut short; make the dataset again.`);
    } finally {
      if (!isKept) await handle.close();
    }
  };

  const readClip = streamed?.readClip ?? readShardClip;
  return {
    folder,
    shape,
    fps: description.options.fps,
    stride: description.options.stride,
    fit: description.options.fit,
    clips,
    fingerprint,
    async readClips(rows, into, signal) {
      if (into.length !== rows.length * rowBytes) {
        throw new RangeError(`${rows.length} clips take ${rows.length * rowBytes} bytes, got room for ${into.length}`);
      }
      await Promise.all(
        Array.from(rows, (row, place) =>
          readClip(row, into.subarray(place * rowBytes, (place + 1) * rowBytes), signal),
        ),
      );
    },
    async close() {
      await streamed?.close();
      const handles = [...shards.values()].map(({ handle }) => handle);
      shards.clear();
      for (const handle of handles) await (await handle)?.close();
    },
  };
}

/** Checks each shard's header and length against the clips that are said to be in it. */
async function openShards(folder: string, shape: ClipShape, clips: readonly ClipRecord[]): Promise<Map<string, Shard>> {
  const rows = new Map<string, number>();
  for (const { shard, row } of clips) rows.set(shard, Math.max(rows.get(shard) ?? 0, row + 1));
  const shards = new Map<string, Shard>();
  try {
    for (const [name, needed] of rows) {
      const file = join(folder, name);
      const handle = await openShard(file);
      const isKept = shards.size < mostOpenFiles;
      try {
        const dataOffset = await checkShard(handle, file, shape, needed);
        shards.set(name, isKept ? { file, dataOffset, handle: Promise.resolve(handle) } : { file, dataOffset });
      } finally {
        if (!shards.has(name) || !isKept) await handle.close();
      }
    }
  } catch (error) {
    for (const { handle } of shards.values()) await (await handle)?.close();
    throw error;
  }
  return shards;
}

async function openShard(file: string): Promise<FileHandle> {
  return open(file, 'r').catch((cause: unknown) => {
    throw new LacunaError('input', `${file} cannot be read; make the dataset again.`, { cause });
  });
}

/**
 * Checks a shard's header and length, and gives where its first clip begins, in bytes.
 * @throws {LacunaError} `input` where it holds other clips or fewer than needed.
 */
export async function checkShard(handle: FileHandle, file: string, shape: ClipShape, needed: number): Promise<number> {
  const { size } = await handle.stat();
  const start = new Uint8Array(Math.min(size, npyHeaderLimit));
  await readAll(handle, start, 0);
  const { dtype, shape: found, dataOffset } = readNpyHeader(start, file);
  const [rows = 0, frames, height, width, channels] = found;
  const isOfShape =
    frames === shape.frames && height === shape.height && width === shape.width && channels === shape.channels;
  if (dtype !== 'uint8' || found.length !== 5 || !isOfShape) {
    throw new LacunaError('input', `${file} does not hold clips of ${describeShape(shape)}; make the dataset again.`);
  }
  if (rows < needed || size < dataOffset + needed * clipLength(shape)) {
    throw new LacunaError('input', `${file} holds fewer clips than clips.jsonl lists; make the dataset again.`);
  }
  return dataOffset;
}
