// Owns the one list of trivial fills that stands beside every model figure. Knows nothing of how any of them fills.
import { black, meanTrainingFrame } from './constant-fills.js';
import { copyLast } from './copy-last.js';
import { linearBlend } from './linear-blend.js';
import { motionInterpolation } from './motion-interpolation.js';
import type { TrivialFill } from './trivial-fill.js';
import { visibleMean } from './visible-mean.js';

/** The trivial fills by the name that tables give them. A new one is one line here. */
export const trivialFills = {
  black,
  'mean frame': meanTrainingFrame,
  'visible mean': visibleMean,
  'copy-last': copyLast,
  'linear blend': linearBlend,
  'motion interpolation': motionInterpolation,
} as const satisfies Readonly<Record<string, TrivialFill>>;

/** The name of a trivial fill. */
export type FillName = keyof typeof trivialFills;

/** The names, in the order of the table. */
export const fillNames = Object.keys(trivialFills).filter(isFillName);

function isFillName(name: string): name is FillName {
  return Object.hasOwn(trivialFills, name);
}
