// Owns what a dataset folder is known to hold, and what an interrupted call left. Knows nothing of how clips are added.
import { readFile, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { decodeJsonLines } from '../formats/jsonl.js';
import { type ClassCount, countClasses } from './count-classes.js';
import {
  datasetNames,
  type FailureRecord,
  parseClipRecords,
  parseFailureRecords,
  shardPattern,
} from './dataset-files.js';
import { writeWhole, temporaryName } from './durable-file.js';
import { isHoldMark } from './hold.js';

const keptSchema = z.strictObject({
  clips: z.int().min(0),
  clipsBytes: z.int().min(0),
  failuresBytes: z.int().min(0),
});

/** `unfinished.json`: how many clips, and how many bytes of the two lists, are good. */
export type Kept = Readonly<z.infer<typeof keptSchema>>;

/** What a folder holds, whole videos only. */
export type DatasetState = {
  /** How far all is good. */
  readonly kept: Kept;
  /** Of all files that were looked at. */
  readonly failures: readonly FailureRecord[];
  /** The files that gave clips or a failure. */
  readonly videos: ReadonlySet<string>;
  /** How many of them gave clips. */
  readonly videosWithClips: number;
  /** The labels of its clips. */
  readonly classes: readonly ClassCount[];
  /** Whether the last call came to its end. */
  readonly isFinished: boolean;
};

/**
 * Reads what `prepare` has kept in a folder; nothing where it has not begun there.
 * @throws {LacunaError} `input` where the lists are damaged.
 */
export async function readDatasetState(folder: string): Promise<DatasetState> {
  const unfinished = await readUnfinished(folder);
  const clips = await readList(folder, datasetNames.clips, unfinished?.clipsBytes);
  const failures = await readList(folder, datasetNames.failures, unfinished?.failuresBytes);
  const clipRecords = parseClipRecords(clips.values, join(folder, datasetNames.clips));
  const failureRecords = parseFailureRecords(failures.values, join(folder, datasetNames.failures));
  const withClips = new Set(clipRecords.map(({ video }) => video));
  return {
    kept: { clips: clipRecords.length, clipsBytes: clips.bytes, failuresBytes: failures.bytes },
    failures: failureRecords,
    videos: new Set([...withClips, ...failureRecords.map(({ video }) => video)]),
    videosWithClips: withClips.size,
    classes: countClasses(clipRecords),
    isFinished: unfinished === undefined,
  };
}

/** Notes how far all is good. While the note is there, the folder is no dataset yet. */
export async function writeKept(folder: string, kept: Kept): Promise<void> {
  await writeWhole(folder, datasetNames.unfinished, [`${JSON.stringify(kept)}\n`]);
}

/** What stands where a dataset is to be. */
export type FoundFolder = 'absent' | 'empty' | 'dataset' | 'foreign';

/**
 * Whether `prepare` has begun a folder, and whether anything else is in it.
 * @throws {LacunaError} `input` where it is no folder or cannot be read.
 */
export async function inspectFolder(folder: string): Promise<FoundFolder> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw new LacunaError('input', `${folder} cannot be used as the dataset folder; name another.`, { cause: error });
  });
  if (names === undefined) return 'absent';
  if (names.includes(datasetNames.description) || names.includes(datasetNames.unfinished)) return 'dataset';
  const isOurs = (name: string) => name === temporaryName(datasetNames.unfinished) || isHoldMark(name);
  return names.every(isOurs) ? 'empty' : 'foreign';
}

/** Removes what Lacuna made and leaves the rest; from the first moment on the folder counts as begun and empty. */
export async function clearDataset(folder: string): Promise<void> {
  await writeKept(folder, { clips: 0, clipsBytes: 0, failuresBytes: 0 });
  // With only `unfinished.json` the lists count as empty, in whatever order they go.
  for (const name of [datasetNames.description, datasetNames.clips, datasetNames.failures]) {
    await rm(join(folder, name), { force: true });
  }
  const shards = await readdir(join(folder, datasetNames.shards)).catch(() => []);
  const ours = shards.map((name) => `${datasetNames.shards}/${name}`).filter((name) => shardPattern.test(name));
  for (const name of ours) await rm(join(folder, name), { force: true });
  if (ours.length === shards.length) await rmdir(join(folder, datasetNames.shards)).catch(() => undefined);
}

/** Whether `prepare` is at work in a folder, or was stopped in it. */
export async function isUnfinished(folder: string): Promise<boolean> {
  return stat(join(folder, datasetNames.unfinished)).then(
    () => true,
    () => false,
  );
}

/** Whether an error says that there is no such file. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Reads the note of how far all is good; nothing where the folder is finished or not begun. */
export async function readUnfinished(folder: string): Promise<Kept | undefined> {
  const file = join(folder, datasetNames.unfinished);
  const bytes = await readIfThere(file);
  if (bytes === undefined) return undefined;
  try {
    return keptSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new LacunaError('input', `${file} is damaged; make the dataset again with overwrite.`, { cause });
  }
}

async function readList(
  folder: string,
  name: string,
  keptBytes: number | undefined,
): Promise<{ readonly values: readonly unknown[]; readonly bytes: number }> {
  const file = join(folder, name);
  const bytes = (await readIfThere(file)) ?? new Uint8Array(0);
  const good = bytes.subarray(0, keptBytes);
  const { values, wholeBytes } = decodeJsonLines(good, file);
  if (wholeBytes < (keptBytes ?? bytes.length)) {
    throw new LacunaError('input', `${file} is cut short; make the dataset again with overwrite.`);
  }
  return { values, bytes: wholeBytes };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
}
