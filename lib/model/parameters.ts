// Owns the list of a model's parameters: its encoder's, and those of the head or the classifier on it. Knows no family.
import { classifierParameters } from './classifier.js';
import { withFamily } from './families.js';
import type { ModelParameter } from './initial.js';
import type { ModelConfig } from './model-config.js';
import type { TokenLayout } from './model-family.js';

/** All parameters. */
export function parametersOf(config: ModelConfig): readonly ModelParameter[] {
  const { encoder, head } = withFamily(config, (family, own) => family.parameters(own));
  const { classifier } = config;
  if (classifier === undefined) return [...encoder, ...head];
  return [...encoder, ...classifierParameters(classifier, lastLayerOf(config).width)];
}

/** What each layer of the encoder gives of a whole clip; see `ModelFamily`. */
export function layersOf(config: ModelConfig): readonly TokenLayout[] {
  return withFamily(config, (family, own) => family.layers(own));
}

/** What the last of them gives. */
export function lastLayerOf(config: ModelConfig): TokenLayout {
  const last = layersOf(config).at(-1);
  if (last === undefined) throw new RangeError('an encoder has at least what its blocks are given');
  return last;
}
