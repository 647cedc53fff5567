// Owns the table of families, and the use of a model without asking which family it is of. A new one is one file and one line
// here and in the configuration.
import { conv } from './conv.js';
import type { FamilyName, ModelConfig } from './model-config.js';
import type { ModelFamily } from './model-family.js';
import { vit } from './vit.js';

/** The configuration of a family. */
type ConfigOf<Name extends FamilyName> = Extract<ModelConfig, { readonly family: Name }>;

const families: { readonly [Name in FamilyName]: ModelFamily<ConfigOf<Name>> } = { conv, vit };

/** Calls something with a model's family and configuration, which belong together. */
export function withFamily<Result>(
  config: ModelConfig,
  use: <Config>(family: ModelFamily<Config>, config: Config) => Result,
): Result {
  switch (config.family) {
    case 'conv':
      return use(families.conv, config);
    case 'vit':
      return use(families.vit, config);
  }
}
