// Owns the files of an index: a dataset folder without shards, whose clips are read out of the videos themselves. Knows nothing of
// how it is made or read.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { decodeJsonLines, encodeJsonLinesInParts } from '../formats/jsonl.js';
import { isAbsent } from './dataset-state.js';
import { writeWhole } from './durable-file.js';

const indexedVideoSchema = z.strictObject({
  /** What the dataset calls it. */
  video: z.string(),
  /** Where it lies. */
  path: z.string(),
  /** Of the file; 0 where it could not be read. */
  byteLength: z.int().min(0),
  /** CRC-32 of the pixels of each of its clips, in order; none where it gave none. */
  checks: z.array(z.int().min(0)),
});

/** A line of `videos.jsonl`: a video that was looked at. */
export type IndexedVideo = Readonly<z.infer<typeof indexedVideoSchema>>;

/** The list of the videos. */
export const indexName = 'videos.jsonl';

/** What is compared with {@link IndexedVideo.checks}. */
export function checkOf(pixels: Uint8Array): number {
  return crc32(pixels);
}

/** Whether a folder is an index. */
export async function isIndex(folder: string): Promise<boolean> {
  return stat(join(folder, indexName)).then(
    () => true,
    () => false,
  );
}

/** Writes the list of the videos. */
export async function writeIndexedVideos(folder: string, videos: readonly IndexedVideo[]): Promise<void> {
  await writeWhole(folder, indexName, encodeJsonLinesInParts(videos));
}

/**
 * The videos of an index; nothing where the folder is none.
 * @throws {LacunaError} `input` where the list is damaged.
 */
export async function readIndexedVideos(folder: string): Promise<readonly IndexedVideo[] | undefined> {
  const file = join(folder, indexName);
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw new LacunaError('input', `${file} cannot be read; remove it, and it is made again.`, { cause: error });
  });
  if (bytes === undefined) return undefined;
  return decodeJsonLines(bytes, file).values.map((value, index) => {
    const parsed = indexedVideoSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new LacunaError('input', `Line ${index + 1} of ${file} is no video; remove the file, and it is made again.`, {
      cause: parsed.error,
    });
  });
}
