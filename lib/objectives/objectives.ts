// Owns the table of objectives. A new one is one file, its name, and one line here.
import { classification } from './classification.js';
import type { Objective } from './objective.js';
import type { ObjectiveName } from './objective-names.js';
import { reconstruction } from './reconstruction.js';

/** The objectives by their names. */
export const objectives: { readonly [Name in ObjectiveName]: Objective } = { reconstruction, classification };
