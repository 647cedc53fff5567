// Owns `checkpoints/best`: the model of least loss on held-out clips, which opens like a run. Knows nothing of how it is measured.
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, temporaryName, writeWhole } from '../dataset/durable-file.js';
import type { ParameterLayout } from '../engine/parameter-layout.js';
import type { RunConfig } from './run-config.js';
import { bestName, runNames } from './run-files.js';
import { writeDescription } from './run-folder.js';
import { writeWeights } from './weights.js';

/** Puts a model in the place of the best one; at every moment whatever bears that name is whole. */
export async function writeBestModel(
  folder: string,
  config: RunConfig,
  layout: ParameterLayout,
  parameters: Float32Array,
): Promise<void> {
  const all = join(folder, runNames.checkpoints);
  const temporary = join(all, temporaryName(bestName));
  const gone = join(all, `.${bestName}.old`);
  for (const part of [temporary, gone]) await rm(part, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  await writeWeights(temporary, layout, parameters);
  await writeDescription(temporary, config);
  await rename(join(all, bestName), gone).catch(() => undefined);
  await rename(temporary, join(all, bestName));
  await syncFolder(all);
  await rm(gone, { recursive: true, force: true });
}

/** Makes the best model that of the run. */
export async function takeBestModel(folder: string): Promise<void> {
  const bytes = await readFile(join(folder, runNames.checkpoints, bestName, runNames.weights));
  await writeWhole(folder, runNames.weights, [bytes]);
}
