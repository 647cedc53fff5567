// Owns the look into any folder that Lacuna made. Knows nothing of what is in it.
import { readdir } from 'node:fs/promises';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { datasetNames } from '../dataset/dataset-files.js';
import { type DatasetInspection, inspectDataset } from '../dataset/inspect-dataset.js';
import { inspectRun, type RunInspection } from '../run/inspect-run.js';

/**
 * Says what is in a dataset folder or a run folder, finished or not; changes nothing.
 * @throws {LacunaError} `input` where the folder is neither, or its lists are damaged.
 */
export async function inspect(
  folder: string,
  { signal }: JobControls = {},
): Promise<DatasetInspection | RunInspection> {
  signal?.throwIfAborted();
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new LacunaError(
      'input',
      `${folder} does not exist or is no folder; name one that prepare or pretrain made.`,
      {
        cause,
      },
    );
  });
  const isDataset = names.includes(datasetNames.description) || names.includes(datasetNames.unfinished);
  if (isDataset) return inspectDataset(folder, signal);
  const run = await inspectRun(folder, signal);
  if (run !== undefined) return run;
  throw new LacunaError('input', `${folder} is neither a dataset nor a run; name one that prepare or pretrain made.`);
}
