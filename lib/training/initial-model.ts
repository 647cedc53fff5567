// Owns the model that a training begins with in the place of random values. Knows nothing of training.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import type { ModelConfig } from '../model/model-config.js';
import { describeChanges, readRunConfig } from '../run/run-config.js';
import { runNames } from '../run/run-files.js';

/**
 * Checks that a run folder holds weights of this network.
 * @returns what tells them from all others, as `readWeights` does
 * @throws {LacunaError} `usage` where it is another network, with the difference; `input` where it is no run or has no weights.
 */
export async function checkInitialModel(folder: string, model: ModelConfig): Promise<string> {
  const config = await readRunConfig(folder);
  if (config === undefined) {
    throw new LacunaError('input', `--init ${folder} is no model; name a folder that pretrain made.`);
  }
  const difference = describeChanges({ ...config.model }, { ...model });
  if (difference !== '') {
    throw new LacunaError(
      'usage',
      `--init ${folder} is of another network (${difference}); take its --preset (${config.preset}) and clips of its size, or leave --init out.`,
    );
  }
  const bytes = await readFile(join(folder, runNames.weights)).catch((cause: unknown) => {
    throw new LacunaError('input', `--init ${folder} has no weights (${runNames.weights}); train it first.`, { cause });
  });
  return createHash('sha256').update(bytes).digest('hex');
}
