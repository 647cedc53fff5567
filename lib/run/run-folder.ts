// Owns the decision whether a run folder is new, continued, replaced or refused. Knows nothing of training.
import { writeWhole } from '../dataset/durable-file.js';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { isAbsent } from '../dataset/dataset-state.js';
import type { FolderHold } from '../dataset/hold.js';
import { preprocessorConfig } from '../model/transformers-config.js';
import { type Checkpoint, readCheckpoint } from './checkpoint.js';
import { describeDifference, encodeRunConfig, readRunConfig, type RunConfig } from './run-config.js';
import { eventsPrefix, runNames } from './run-files.js';

/**
 * Makes the folder of a run, or opens it where it was made with the same configuration, and gives its newest checkpoint. From then on the
 * folder is held.
 * @throws {LacunaError} `usage` where it holds something else, or a run with another configuration that has got anywhere.
 */
export async function openRunFolder(
  folder: string,
  config: RunConfig,
  overwrite: boolean,
  hold: FolderHold,
): Promise<Checkpoint | undefined> {
  if ((await readRunConfig(folder)) === undefined) {
    await checkFree(folder);
    await mkdir(folder, { recursive: true });
  }
  await hold.take();
  // Only now: until then somebody else may have been at work.
  const made = await readRunConfig(folder);
  if (made !== undefined && !overwrite) {
    const difference = describeDifference(made, config);
    const checkpoint = await readCheckpoint(folder);
    if (difference === '') return checkpoint;
    if (checkpoint !== undefined || (await readdir(folder)).includes(runNames.weights)) {
      throw new LacunaError(
        'usage',
        `${folder} is a run with other options (${difference}); use those, overwrite it, or name another folder.`,
      );
    }
  }
  // Where nothing was learned yet, the command that ended before its first step may be mended.
  if (made !== undefined) await clearRun(folder);
  await writeDescription(folder, config);
  return undefined;
}

/** Writes what a folder says of its model, for Lacuna and for Hugging Face's libraries. */
export async function writeDescription(folder: string, config: RunConfig): Promise<void> {
  const preprocessor = `${JSON.stringify(preprocessorConfig(config.model), undefined, 2)}\n`;
  await writeWhole(folder, runNames.preprocessor, [preprocessor]);
  // Last: from now on the folder is a run.
  await writeRunConfig(folder, config);
}

/** Writes the configuration of a run in the place of what was there. */
export function writeRunConfig(folder: string, config: RunConfig): Promise<void> {
  return writeWhole(folder, runNames.config, [encodeRunConfig(config)]);
}

async function checkFree(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw new LacunaError('input', `${folder} cannot be used as the run folder; name another.`, { cause: error });
  });
  const ours: readonly string[] = [runNames.preprocessor, runNames.stream];
  if (names.some((name) => !name.startsWith('.') && !ours.includes(name))) {
    throw new LacunaError('usage', `${folder} holds other files and no run; name a new folder.`);
  }
}

/**
 * Removes what Lacuna made and leaves the rest; checkpoints first, since the logs are cut back to them. The configuration
 * stays until another takes its place, so that where this ends half-way the folder is still known as a run.
 */
async function clearRun(folder: string): Promise<void> {
  // The index was made for the run that is to come.
  const kept: readonly string[] = [runNames.checkpoints, runNames.config, runNames.stream];
  const others = Object.values(runNames).filter((name) => !kept.includes(name));
  const events = (await readdir(folder)).filter((name) => name.startsWith(eventsPrefix));
  for (const name of [runNames.checkpoints, ...others, ...events]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
