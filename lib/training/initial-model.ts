// Owns the model that a training begins with in the place of random values. Knows nothing of training.
import { LacunaError } from '../clip/lacuna-error.js';
import type { ModelConfig } from '../model/model-config.js';
import { describeChanges, readRunConfig } from '../run/run-config.js';
import { readWeights, type Weights } from '../run/weights.js';

/**
 * Reads the weights of a run folder, which must be of this network.
 * @param layerDecay as the run has it, since the order of parameters follows from it
 * @throws {LacunaError} `usage` where it is another network, with the difference; `input` where it is no run or has no weights.
 */
export async function readInitialModel(folder: string, model: ModelConfig, layerDecay = 1): Promise<Weights> {
  const config = await readRunConfig(folder);
  if (config === undefined) {
    throw new LacunaError('input', `--init ${folder} is no model; name a folder that pretrain made.`);
  }
  if (config.model.classifier !== undefined) {
    throw new LacunaError(
      'usage',
      `--init ${folder} tells classes apart and fills nothing in; name the model that it was made from.`,
    );
  }
  const difference = describeChanges({ ...config.model }, { ...model });
  if (difference !== '') {
    throw new LacunaError(
      'usage',
      `--init ${folder} is of another network (${difference}); take its --preset (${config.preset}), clips of its size, and what else it was made with, or leave --init out.`,
    );
  }
  // Only now: it loads the families, and with them tfjs.
  const { layoutOfModel } = await import('../model/layer-decay.js');
  return readWeights(folder, layoutOfModel(model, layerDecay));
}
