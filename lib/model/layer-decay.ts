// Owns the learning rates that fall from layer to layer towards the input. Knows no family.
import { layOutParameters, type ParameterLayout } from '../engine/parameter-layout.js';
import type { ModelParameter } from './initial.js';
import type { ModelConfig } from './model-config.js';
import { parametersOf } from './parameters.js';

/**
 * The parameters with their rates: what is of no layer, such as a head, learns at the full rate, the last layer at `decay` times that, and
 * each layer before at `decay` times the next (Bao et al. 2022, BEiT, appendix H; Clark et al. 2020).
 * @param decay above 0, up to 1; 1 leaves all rates as they are
 */
export function decayByLayer(parameters: readonly ModelParameter[], decay: number): readonly ModelParameter[] {
  if (decay === 1) return parameters;
  const above = 1 + Math.max(-1, ...parameters.map(({ layer = -1 }) => layer));
  return parameters.map((parameter) => {
    const { layer = above, rate = 1 } = parameter;
    return { ...parameter, rate: rate * decay ** (above - layer) };
  });
}

/** Where the parameters of a model stand. @param layerDecay as in {@link decayByLayer}; default 1 */
export function layoutOfModel(config: ModelConfig, layerDecay = 1): ParameterLayout {
  return layOutParameters(decayByLayer(parametersOf(config), layerDecay));
}
