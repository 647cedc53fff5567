// Owns measuring on the test set: a trained model, and what needs no learning. Figures are over C · H · W values of the world's clips,
// so that those of grey clips compare with published tables. Knows nothing of training.
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { clipLength } from '../../../dist/clip/clip.js';
import type { Tubelet } from '../../../dist/clip/token-grid.js';
import { pixelMask } from '../../../dist/masking/hidden-pixels.js';
import { createMeanFrame } from '../../../dist/measures/mean-frame.js';
import { createScore, type Score } from '../../../dist/measures/score.js';
import { fillNames, trivialFills } from '../../../dist/measures/trivial-fills.js';
import { fillClips } from '../../../dist/prediction/fill-clips.js';
import type { LoadedModel } from '../../../dist/run/load-model.js';
import { figuresSchema, type TestFigures } from '../learner.js';
import type { Digits } from './digits.js';
import { clipShapeOfWorld, drawClip, type World } from './draw-clip.js';
import { planTest, type TestSet } from './test-set.js';

/** Clips that are filled in at once. */
const clipsAtOnce = 8;

/** Training clips that the mean frame is taken over. */
const meanFrameClips = 4096;

/** The figures of each trivial fill that applies, by name. */
export const fillFiguresSchema = z.record(z.string(), figuresSchema);

/** See {@link fillFiguresSchema}. */
export type FillFigures = Readonly<z.infer<typeof fillFiguresSchema>>;

/** What a model cuts a clip into. */
function tubeletOf({ config: { model } }: Pick<LoadedModel, 'config'>): Tubelet {
  return { frames: model.tubeletFrames, size: model.patch };
}

/** How well a model fills in what `hide` hides of the test set. */
export async function scoreModel(
  model: LoadedModel,
  { shape, clips }: TestSet,
  hide: string,
  signal: AbortSignal,
): Promise<TestFigures> {
  const score = createScore(shape);
  const tubelet = tubeletOf(model);
  for (let start = 0; start < clips.length; start += clipsAtOnce) {
    signal.throwIfAborted();
    const part = clips.slice(start, start + clipsAtOnce);
    const plans = part.map((_, index) => planTest(hide, shape, tubelet, start + index));
    const filled = await fillClips(model, part, plans);
    for (const [index, plan] of plans.entries()) {
      const [truth, fill] = [part[index], filled[index]];
      if (truth && fill) score.add(truth, fill, pixelMask(plan));
    }
  }
  return pick(score);
}

/** How well one fills in without having learned anything; clips are masked on the grid of these tubelets. */
export async function scoreTrivialFills(
  { shape, clips }: TestSet,
  hide: string,
  tubelet: Tubelet,
  meanFrame: Float32Array,
  signal: AbortSignal,
): Promise<FillFigures> {
  const first = planTest(hide, shape, tubelet, 0);
  const names = fillNames.filter((name) => trivialFills[name].appliesTo(first));
  const scores = new Map(names.map((name) => [name, createScore(shape)]));
  let next = 0;
  const work = async (): Promise<void> => {
    for (let row = next++; row < clips.length; row = next++) {
      signal.throwIfAborted();
      const [truth, plan] = [clips[row], planTest(hide, shape, tubelet, row)];
      if (!truth) throw new RangeError(`there is no clip ${row}`);
      const mask = pixelMask(plan);
      for (const [name, score] of scores) {
        score.add(truth, await trivialFills[name].fill(truth, plan, { meanFrame, signal }), mask);
      }
    }
  };
  // A fill that starts a process does so on each core.
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return Object.fromEntries([...scores].map(([name, score]) => [name, pick(score)]));
}

/** The mean frame `[H, W, C]` of clips that nobody is measured on. */
export function meanFrameOf(world: World, digits: Digits, clips = meanFrameClips): Float32Array {
  const shape = clipShapeOfWorld(world);
  const mean = createMeanFrame(shape);
  const clip = new Uint8Array(clipLength(shape));
  for (let row = 0; row < clips; row++) {
    drawClip(world, digits, { seed: 0, purpose: 'moving mnist mean', row }, clip);
    mean.add(clip);
  }
  return mean.result();
}

function pick(score: Score): TestFigures {
  const { mse, mae, psnr, ssim } = score.result();
  return { mse, mae, psnr, ssim };
}
