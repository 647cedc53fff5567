// Owns the filling in of whole clips by a trained model. Knows nothing of where they come from or go to.
import { clipLength } from '../clip/clip.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { writeTokens } from '../clip/tubelets.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { clipShapeOfModel, gridOfModel } from '../model/model-config.js';
import { indicesOf } from '../run/compute-protocol.js';
import type { LoadedModel } from '../run/load-model.js';

/** Clips of one call of the engine. */
export const mostClips = 8;

/**
 * Each clip `uint8 [T, H, W, 3]` with its hidden pixels filled in and all others as they were, float32, 0 to 255. All plans
 * must have the same counts.
 * @param batch clips of one call of the engine; where there are fewer, the call takes as long as for so many. Default 8.
 * @throws {LacunaError} `input` where the model gives something that is no number.
 */
export async function fillClips(
  { config, compute, folder }: LoadedModel,
  clips: readonly Uint8Array[],
  plans: readonly MaskPlan[],
  batch = mostClips,
): Promise<Float32Array<ArrayBuffer>[]> {
  const grid = gridOfModel(config.model);
  const length = clipLength(clipShapeOfModel(config.model));
  const filled: Float32Array<ArrayBuffer>[] = [];
  for (let start = 0; start < clips.length; start += batch) {
    const part = clips.slice(start, start + batch);
    const pixels = new Uint8Array(part.length * length);
    for (const [index, clip] of part.entries()) pixels.set(clip, index * length);
    const partPlans = plans.slice(start, start + batch);
    const indices = partPlans.map(indicesOf);
    const tokens = await compute.call('fill', { pixels, plans: indices, batch }, [pixels.buffer]);
    for (const [index, clip] of part.entries()) {
      const [plan, values] = [partPlans[index], tokens[index]];
      if (plan === undefined || values === undefined) throw new RangeError('each clip needs a plan');
      if (!values.every(Number.isFinite)) {
        throw new LacunaError('input', `The model of ${folder} gives values that are no numbers; train it again.`);
      }
      const whole = Float32Array.from(clip);
      writeTokens(
        whole,
        grid,
        plan.hidden,
        values.map((value) => 255 * Math.min(1, Math.max(0, value))),
      );
      filled.push(whole);
    }
  }
  return filled;
}
