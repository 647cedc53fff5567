// Owns which clips a list of videos, folders and datasets names, and in which order. Knows nothing of what is done with them.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { datasetNames } from '../dataset/dataset-files.js';
import { type Dataset, openDataset } from '../dataset/open-dataset.js';
import { type FoundVideo, isOfPart, scanInputs, type VideoPart } from '../dataset/scan.js';
import type { LoadedModel } from '../run/load-model.js';
import { checkClipsOfModel } from './clips-of-model.js';

/** The clips that inputs name: first those of datasets, then those of videos. */
export type ClipInputs = {
  readonly datasets: readonly { readonly dataset: Dataset; readonly rows: Int32Array }[];
  /** In the order in which they are read. */
  readonly videos: readonly FoundVideo[];
  /** The same for the same clips in the same order, as far as names, sizes and times of change tell. */
  readonly identity: string;
  /** Closes the datasets. */
  readonly close: () => Promise<void>;
};

const everything: VideoPart = { index: 0, count: 1 };

/**
 * Finds the clips of inputs for a model.
 * @throws {LacunaError} `input` where an input does not exist or nothing is found; `usage` where the clips of a dataset are of another
 * shape than the model's.
 */
export async function openClipInputs(
  { folder, config: { model } }: Pick<LoadedModel, 'folder' | 'config'>,
  inputs: readonly string[],
  signal: AbortSignal | undefined,
  part: VideoPart = everything,
): Promise<ClipInputs> {
  signal?.throwIfAborted();
  const isMine = (video: string) => isOfPart(video, part);
  const others: string[] = [];
  const datasets: { readonly dataset: Dataset; readonly rows: Int32Array }[] = [];
  const close = async () => {
    for (const { dataset } of datasets) await dataset.close();
  };
  try {
    for (const input of inputs) {
      if (!(await isDataset(input))) {
        others.push(input);
        continue;
      }
      const dataset = await openDataset(input);
      const own = [...dataset.clips.keys()].filter((row) => isMine(dataset.clips[row]?.video ?? ''));
      datasets.push({ dataset, rows: Int32Array.from(own) });
      checkClipsOfModel(folder, model, dataset);
    }
    const found = others.length > 0 ? (await scanInputs(others, { signal })).videos : [];
    if (others.length > 0 && found.length === 0) {
      throw new LacunaError(
        'input',
        `No video was found in ${others.join(', ')}; name files or folders that hold some.`,
      );
    }
    const videos = found.filter(({ video }) => isMine(video));
    checkNames([
      ...datasets.map(({ dataset }) => ({ of: dataset.folder, videos: dataset.clips.map(({ video }) => video) })),
      { of: others.join(', '), videos: found.map(({ video }) => video) },
    ]);
    const hash = createHash('sha256');
    for (const { dataset, rows } of datasets) hash.update(`${dataset.fingerprint} ${rows.length}\n`);
    for (const { video, path } of videos) {
      const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
      hash.update(`${JSON.stringify([video, size, mtimeMs])}\n`);
    }
    return { datasets, videos, identity: hash.digest('hex'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws {LacunaError} `usage` where two inputs have a video of one name, since clips are known by that of their video. */
function checkNames(inputs: readonly { readonly of: string; readonly videos: readonly string[] }[]): void {
  const owners = new Map<string, string>();
  for (const { of, videos } of inputs) {
    for (const video of new Set(videos)) {
      const other = owners.get(video);
      if (other !== undefined) {
        throw new LacunaError('usage', `${other} and ${of} both have a ${video}; take them one at a time.`);
      }
      owners.set(video, of);
    }
  }
}

function isDataset(folder: string): Promise<boolean> {
  return stat(join(folder, datasetNames.description)).then(
    (found) => found.isFile(),
    () => false,
  );
}
