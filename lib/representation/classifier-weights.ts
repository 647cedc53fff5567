// Owns the weights of a classifier: those that it begins with, and those that are kept. Knows nothing of training.
import { LacunaError } from '../clip/lacuna-error.js';
import { withFamily } from '../model/families.js';
import { initialise } from '../model/initial.js';
import { layoutOfModel } from '../model/layer-decay.js';
import { parametersOf } from '../model/parameters.js';
import { readRunConfig, type RunConfig } from '../run/run-config.js';
import { writeDescription } from '../run/run-folder.js';
import { readWeights, readWeightsOf, writeWeights } from '../run/weights.js';

/**
 * Random weights, but the encoder's of a pretrained model where one is given.
 * @param pretrained a run folder
 * @returns `[P]` in the order of the layout, and the fingerprint of what was read
 */
export async function firstWeights(
  pretrained: string | undefined,
  { model, layerDecay, seed }: RunConfig,
): Promise<{ readonly initial: Float32Array; readonly fingerprint: string | null }> {
  const layout = layoutOfModel(model, layerDecay);
  const initial = initialise(parametersOf(model), layout, seed);
  if (pretrained === undefined) return { initial, fingerprint: null };
  const { encoder } = withFamily(model, (family, own) => family.parameters(own));
  const names = new Set(encoder.map(({ name }) => name));
  return { initial, fingerprint: await readWeightsOf(pretrained, layout, names, initial) };
}

/** Puts the model of a run into another folder, which opens like a run. */
export async function keepModel(run: string, folder: string): Promise<void> {
  const config = await readRunConfig(run);
  if (config === undefined)
    throw new LacunaError('input', `The training in ${run} is gone; run the same command again.`);
  const layout = layoutOfModel(config.model, config.layerDecay);
  await writeWeights(folder, layout, (await readWeights(run, layout)).parameters);
  await writeDescription(folder, config);
}
