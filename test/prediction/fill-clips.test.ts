import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createRandom } from '../../lib/clip/random.js';
import { pixelMask } from '../../lib/masking/hidden-pixels.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { clipShapeOfModel, gridOfModel } from '../../lib/model/model-config.js';
import { resolvePreset } from '../../lib/model/presets.js';
import { fillClips } from '../../lib/prediction/fill-clips.js';
import { openCompute } from '../../lib/run/compute.js';
import { type LoadedModel, loadModel } from '../../lib/run/load-model.js';
import { trainedRun } from '../cli/trained-run.js';
import { rejectionOf } from '../video/made-videos.js';

/** The trained run. */
const openConv = async (): Promise<LoadedModel> => loadModel((await trainedRun()).run, { threads: 1 });

/** A transformer of first values: it sees visible tokens only, and so fills in by another way. */
async function openVit(): Promise<LoadedModel> {
  const trained = await openConv();
  await trained.compute.close();
  const model = resolvePreset('vit-tiny', clipShapeOfModel(trained.config.model));
  const compute = await openCompute({ model, engine: 'onnx', threads: 1 });
  await compute.call('initialise', { seed: 1 });
  return { ...trained, config: { ...trained.config, model }, compute };
}

for (const [family, open] of [
  ['conv', openConv],
  ['vit', openVit],
] as const) {
  describe(`fillClips with a model of the family ${family}`, () => {
    let model: LoadedModel;
    let clips: Uint8Array[];
    const planOf = (hide: string, sample: number) =>
      planMask(parseHide(hide), gridOfModel(model.config.model), { seed: 3, step: 0, sample });

    before(async () => {
      model = await open();
      const length = clipLength(clipShapeOfModel(model.config.model));
      clips = Array.from({ length: 9 }, (_, clip) => {
        const random = createRandom(1, 'clip', clip);
        return Uint8Array.from({ length }, () => random.integer(256));
      });
    });
    after(() => model.compute.close());

    it('leaves every pixel that is not hidden as it was and fills in the others from 0 to 255', async () => {
      const plans = clips.map((_, sample) => planOf('patches:0.5', sample));
      const filled = await fillClips(model, clips, plans);
      expect(filled).to.have.length(clips.length);
      for (const [index, values] of filled.entries()) {
        const { changed, kept, outside } = compareWithMask(clips[index], values, plans[index]);
        expect(kept, `clip ${index}`).to.equal(true);
        expect(changed, `clip ${index}`).to.be.above(0.9);
        expect(outside, `clip ${index}`).to.equal(0);
      }
    });

    it('fills a clip in as it does alone, whatever stands beside it', async () => {
      const plans = clips.map((_, sample) => planOf('patches:0.5', sample));
      const together = await fillClips(model, clips, plans);
      const [alone] = await fillClips(model, clips.slice(7, 8), plans.slice(7, 8));
      expect(largestDifference(alone, together[7])).to.be.below(0.01);
      const [last] = await fillClips(model, clips.slice(7), plans.slice(7));
      expect(largestDifference(last, together[7])).to.be.below(0.01);
    });

    it('does not look at what is hidden or unused, and writes to no unused pixel', async () => {
      const whole = planOf('patches:0.5', 0);
      const half = whole.hidden.length >> 1;
      const plan = { ...whole, hidden: whole.hidden.slice(0, half), unused: whole.hidden.slice(half) };
      const [clip = new Uint8Array()] = clips;
      const other = invertWhere(clip, whole);
      const [one, another] = await fillClips(model, [clip, other], [plan, plan]);
      const mask = pixelMask(plan);
      const hiddenOnly = (values: ArrayLike<number> = []) =>
        Float32Array.from(mask, (isHidden, pixel) => (isHidden === 1 ? (values[pixel * 3] ?? NaN) : 0));
      expect(largestDifference(hiddenOnly(one), hiddenOnly(another))).to.be.below(0.01);
      expect(compareWithMask(clip, one, plan).kept).to.equal(true);
      expect(compareWithMask(other, another, plan).kept).to.equal(true);
      // What is visible, on the other hand, does matter.
      const [third] = await fillClips(model, [clip.map((value) => 255 - value)], [plan]);
      expect(largestDifference(hiddenOnly(one), hiddenOnly(third))).to.be.above(0.5);
    });

    it('wants a plan for each clip', async () => {
      const error = await rejectionOf(fillClips(model, clips.slice(0, 2), [planOf('patches:0.5', 0)]));
      expect(error).to.be.instanceOf(RangeError).with.property('message', 'each clip needs a plan');
    });

    it('says so where the model gives what is no number', async () => {
      // The last test: the model is of no use any more.
      const state = await model.compute.call('readState', undefined);
      await model.compute.call('writeState', { ...state, parameters: state.parameters.map(() => NaN) });
      const error = await rejectionOf(fillClips(model, clips.slice(0, 1), [planOf('patches:0.5', 0)]));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.includes('values that are no numbers; train it again');
    });
  });
}

/** Of the hidden values the share that is another one now, whether all others are as they were, and how many lie outside. */
function compareWithMask(
  clip: Uint8Array = new Uint8Array(),
  filled: Float32Array = new Float32Array(),
  plan?: MaskPlan,
): { readonly changed: number; readonly kept: boolean; readonly outside: number } {
  const mask = plan ? pixelMask(plan) : new Uint8Array();
  let [hidden, different, kept, outside] = [0, 0, filled.length === clip.length && mask.length > 0, 0];
  for (const [index, value] of filled.entries()) {
    const isSame = value === clip[index];
    if (mask[Math.floor(index / 3)] === 1) {
      hidden += 1;
      if (!isSame) different += 1;
      if (!(value >= 0 && value <= 255)) outside += 1;
    } else kept &&= isSame;
  }
  return { changed: different / hidden, kept, outside };
}

function invertWhere(clip: Uint8Array, plan: MaskPlan): Uint8Array {
  const mask = pixelMask(plan);
  return clip.map((value, index) => (mask[Math.floor(index / 3)] === 1 ? 255 - value : value));
}

function largestDifference(one: Float32Array = new Float32Array(), other: Float32Array = new Float32Array()): number {
  expect(one.length).to.equal(other.length).and.above(0);
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - (other[index] ?? NaN))), 0);
}
