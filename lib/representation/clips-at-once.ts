// Owns how many whole clips go through an encoder in one call. Knows nothing of what is made of them.
import { gridOfModel, type ModelConfig } from '../model/model-config.js';

/** What the cache wants: more numbers than these in the widest layer, and each clip takes longer (by a quarter at ten times as many). */
const mostValues = 2 ** 20;
const mostClips = 8;

/** From 1 to 8. Decides the last bits of what comes out, so that it follows from the model alone. */
export function clipsAtOnce(model: ModelConfig): number {
  const { rows, columns, tokens } = gridOfModel(model);
  // A `vit` widens each token by four in its blocks; a `conv` has one place for all frames, on a grid of half the side.
  const values = model.family === 'vit' ? 4 * model.width * tokens : model.innerWidth * rows * columns;
  return Math.min(mostClips, Math.max(1, Math.floor(mostValues / values)));
}
