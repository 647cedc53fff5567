// Owns the suite that every family of models passes.
import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { createRandom } from '../../lib/clip/random.js';
import { tokenLength } from '../../lib/clip/token-grid.js';
import { readTokens, writeTokens } from '../../lib/clip/tubelets.js';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type { Engine } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/engines.js';
import { placesOf } from '../../lib/engine/parameter-layout.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { type ModelConfig, clipShapeOfModel, gridOfModel } from '../../lib/model/model-config.js';
import { comparesFrames, parseLoss } from '../../lib/objectives/loss-expression.js';
import { signatureOf } from '../../lib/objectives/programs.js';
import { expectClose } from './expect-close.js';
import {
  type Batch,
  differentiate,
  drawnParameters,
  embed,
  fill,
  inputsOf,
  layoutOf,
  measureLoss,
  noisePixels,
  plansOf,
} from './small-models.js';

/** A model and how it learns. */
export type ContractCase = {
  /** What is said of it beside its family. */
  readonly title?: string;
  readonly config: ModelConfig;
  /** Default: the mean squared error. */
  readonly loss?: string;
  /** What is hidden. */
  readonly hides?: readonly string[];
};

/** Runs the suite on a model. */
export function describeFamilyContract({
  title = '',
  config,
  loss = 'mse',
  hides = ['patches:0.5', 'future:2'],
}: ContractCase): void {
  const grid = gridOfModel(config);
  const width = config.family === 'conv' ? config.innerWidth : config.width;
  const batchOf = (hide: string, seed: number, samples = 2): Batch => ({
    config,
    parameters: drawnParameters(config, 7),
    pixels: noisePixels(config, samples, seed),
    plans: plansOf(config, hide, samples, seed),
    learning: { loss: parseLoss(loss) },
    keys: Array.from({ length: samples }, (_, sample) => ({ seed: 6, step: 0, sample })),
  });

  describe(`the contract of a family, kept by ${[config.family, title].join(' ').trim()}`, () => {
    const reference = createEagerEngine('cpu');
    let onnx: Engine;
    before(async () => {
      onnx = await createEngine('onnx', { threads: 1 });
    });
    after(() => onnx.dispose());

    it('lists parameters with names of their own, and lets matrices decay and vectors not', () => {
      const layout = layoutOf(config);
      for (const group of layout.groups) {
        for (const { name, shape } of placesOf(layout, group)) {
          const isMatrix = shape.filter((size) => size > 1).length > 1;
          expect(group.decay, name).to.equal(isMatrix);
        }
      }
    });

    it('gives one h for each clip, and the hidden tokens or all', async () => {
      const batch = batchOf('patches:0.5', 1);
      expect(await embed(reference, batch)).to.have.length(2 * width);
      const perClip = (await fill(reference, batch)).length / 2 / tokenLength(grid);
      expect([batch.plans[0]?.hidden.length, grid.tokens]).to.include(perClip);
    });

    it('serves another mask of the same counts by the same program', () => {
      const signatures = [1, 2].map((seed) => {
        const { pixels, plans } = batchOf('patches:0.5', seed);
        return signatureOf(2, inputsOf(config, pixels, plans).plan);
      });
      expect(signatures[0]).to.equal(signatures[1]);
    });

    for (const hide of hides) {
      it(`never looks at pixels that ${hide} hides`, async () => {
        const batch = batchOf(hide, 2);
        const changed = { ...batch, pixels: withNoise(batch, 'hidden') };
        expect(changed.pixels).not.to.deep.equal(batch.pixels);
        expect(await fill(reference, changed)).to.deep.equal(await fill(reference, batch));
        expect(await embed(reference, changed)).to.deep.equal(await embed(reference, batch));
        // The loss alone does.
        expect(await measureLoss(reference, changed)).not.to.equal(await measureLoss(reference, batch));
      });
    }

    it('neither sees nor scores unused tokens, wherever they are', async () => {
      const batch = batchOf(hides[0] ?? '', 6);
      const dual: Batch = { ...batch, plans: batch.plans.map(withUnused) };
      const changed = { ...dual, pixels: withNoise(dual, 'unused') };
      expect(changed.pixels).not.to.deep.equal(dual.pixels);
      for (const measure of [fill, embed, measureLoss]) {
        expect(await measure(reference, changed)).to.deep.equal(await measure(reference, dual));
      }
      expect((await fill(reference, dual)).every(Number.isFinite)).to.equal(true);
      // What is unused was seen and scored before.
      const seen = { ...changed, plans: batch.plans };
      expect(await embed(reference, seen)).not.to.deep.equal(await embed(reference, batch));
      expect(await measureLoss(reference, seen)).not.to.equal(await measureLoss(reference, batch));
      expect(await measureLoss(onnx, dual)).to.be.closeTo(await measureLoss(reference, dual), 1e-6);
    });

    it('looks at visible pixels, for the fill and for h', async () => {
      const batch = batchOf(hides[0] ?? '', 2);
      const changed = { ...batch, pixels: withNoise(batch, 'visible') };
      const [own, others] = [await filledTokens(batch), await filledTokens(changed)];
      own.forEach((values, sample) => expect(values).not.to.deep.equal(others[sample]));
      expect(await embed(reference, changed)).not.to.deep.equal(await embed(reference, batch));
    });

    it('treats each clip of a batch by itself', async () => {
      const batch = batchOf(hides[0] ?? '', 3, 3);
      const length = clipLength(clipShapeOfModel(config));
      const whole = { fill: await filledTokens(batch), h: await embed(reference, batch) };
      for (const [sample, plan] of batch.plans.entries()) {
        const pixels = batch.pixels.subarray(sample * length, (sample + 1) * length);
        const single: Batch = { ...batch, pixels, plans: [plan] };
        expectClose((await filledTokens(single))[0] ?? [], whole.fill[sample] ?? [], 1e-6);
        const h = whole.h.subarray(sample * width, (sample + 1) * width);
        expectClose(await embed(reference, single), h, 1e-6);
      }
    });

    it('has a gradient for every parameter, which finite differences confirm', async () => {
      const batch = batchOf(hides[0] ?? '', 4);
      const layout = layoutOf(config);
      const { gradients } = await differentiate(reference, batch);
      const random = createRandom(1, 'directions');
      const step = 3e-3;
      // Absolute differences have kinks, and some lie within the step.
      const tolerance = /l1|gradient/.test(loss) ? 0.05 : 0.01;
      // Terms over frames take long to measure, and have tests of their own: there every sixth parameter is enough.
      const every = comparesFrames(parseLoss(loss)) ? 6 : 1;
      for (const [index, { name, offset, length }] of layout.places.entries()) {
        const gradient = gradients.subarray(offset, offset + length);
        const norm = Math.hypot(...gradient);
        expect(norm, name).to.be.above(1e-7);
        if (index % every !== 0) continue;
        // Along the gradient, turned a little at random: the slope is neither 0 nor the norm.
        const turned = gradient.map((value) => value / norm + (0.5 * random.normal()) / Math.sqrt(length));
        const lossAt = async (distance: number) => {
          const parameters = batch.parameters.slice();
          turned.forEach((value, at) => {
            parameters[offset + at] = (parameters[offset + at] ?? 0) + distance * value;
          });
          return measureLoss(reference, { ...batch, parameters });
        };
        const slope = turned.reduce((sum, value, at) => sum + value * (gradient[at] ?? 0), 0);
        const measured = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
        expect(measured, name).to.be.closeTo(slope, tolerance * norm);
      }
    });

    it('computes the same on onnxruntime as on the reference', async () => {
      for (const hide of hides) {
        const batch = batchOf(hide, 5);
        expectClose(await fill(onnx, batch), await fill(reference, batch), 1e-5, `${hide}: fill`);
        expectClose(await embed(onnx, batch), await embed(reference, batch), 1e-5, `${hide}: h`);
        const [own, expected] = [await differentiate(onnx, batch), await differentiate(reference, batch)];
        expect(own.loss, hide).to.be.closeTo(expected.loss, 1e-6);
        for (const { name, offset, length } of layoutOf(config).places) {
          const of = ({ gradients }: typeof own) => gradients.subarray(offset, offset + length);
          expectClose(of(own), of(expected), 1e-4, `${hide}: gradient of ${name}`);
        }
      }
    });

    /** The pixels of a batch with other noise at some tokens. */
    function withNoise({ pixels, plans }: Batch, of: 'visible' | 'hidden' | 'unused'): Uint8Array {
      const changed = pixels.slice();
      const length = clipLength(clipShapeOfModel(config));
      const other = noisePixels(config, plans.length, 99);
      for (const [sample, plan] of plans.entries()) {
        const clip = (from: Uint8Array) => from.subarray(sample * length, (sample + 1) * length);
        writeTokens(clip(changed), grid, plan[of], readTokens(clip(other), grid, plan[of]));
      }
      return changed;
    }

    /** The values of the hidden tokens of each clip, whichever tokens the family gives. */
    async function filledTokens(batch: Batch): Promise<Float32Array[]> {
      const tokens = await fill(reference, batch);
      const perClip = tokens.length / batch.plans.length;
      return batch.plans.map((plan, sample) =>
        pickHidden(tokens.subarray(sample * perClip, (sample + 1) * perClip), plan),
      );
    }
  });
}

/** Every third visible and every third hidden token is not used. */
function withUnused({ grid, visible, hidden }: MaskPlan): MaskPlan {
  const isUnused = (_: number, index: number) => index % 3 === 0;
  const isUsed = (_: number, index: number) => index % 3 !== 0;
  const unused = [...visible.filter(isUnused), ...hidden.filter(isUnused)];
  return {
    grid,
    visible: visible.filter(isUsed),
    hidden: hidden.filter(isUsed),
    unused: Int32Array.from(unused).sort(),
  };
}

function pickHidden(values: Float32Array, { grid, hidden }: MaskPlan): Float32Array {
  const length = tokenLength(grid);
  if (values.length === hidden.length * length) return values;
  return Float32Array.from(
    Array.from(hidden).flatMap((token) => [...values.subarray(token * length, (token + 1) * length)]),
  );
}
