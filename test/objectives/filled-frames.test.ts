import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { tokenLength } from '../../lib/clip/token-grid.js';
import { readTokens, writeTokens } from '../../lib/clip/tubelets.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { clipShapeOfModel, gridOfModel } from '../../lib/model/model-config.js';
import { fillFrames, planFrames } from '../../lib/objectives/filled-frames.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose } from '../model/expect-close.js';
import { noisePixels, plansOf, smallVit } from '../model/small-models.js';

describe('fillFrames', () => {
  const grid = gridOfModel(smallVit);
  const bytes = clipLength(clipShapeOfModel(smallVit));
  const pixels = noisePixels(smallVit, 2, 1);
  const other = noisePixels(smallVit, 2, 2);
  const clip = (of: Uint8Array, sample: number) => of.subarray(sample * bytes, (sample + 1) * bytes);
  const plans = plansOf(smallVit, 'patches:0.5', 2);
  const all = Int32Array.from({ length: grid.tokens }, (_, token) => token);

  /** Both clips filled in with the other noise, from the hidden tokens or from all. */
  const fillWith = (given: readonly MaskPlan[], gives: 'hidden' | 'all') => {
    const tokens = given.map(({ hidden }, sample) =>
      readTokens(Float32Array.from(clip(other, sample)), grid, gives === 'all' ? all : hidden).map(
        (value) => value / 255,
      ),
    );
    const shape: [number, number, number] = [2, (tokens[0]?.length ?? 0) / tokenLength(grid), tokenLength(grid)];
    const [filled = [], truth = [], shares = []] = onCpu(() => {
      const inputs = Object.fromEntries(
        Object.entries(planFrames(given)).map(([name, input]) => [
          name,
          tf.tensor(input.values, [...input.shape], input.type),
        ]),
      );
      const frames = fillFrames(
        tf.tensor3d(
          tokens.flatMap((values) => [...values]),
          shape,
        ),
        { ...inputs, pixels: tf.tensor(pixels, [2, 4, 16, 16, 3], 'float32') },
        grid,
      );
      return [frames.filled, frames.truth, frames.shares];
    });
    return { filled, truth, shares };
  };

  for (const gives of ['hidden', 'all'] as const) {
    it(`puts what is hidden into the frames and leaves the rest, from ${gives} tokens`, () => {
      const expected = plans.flatMap(({ hidden }, sample) => {
        const whole = Float32Array.from(clip(pixels, sample));
        writeTokens(whole, grid, hidden, readTokens(Float32Array.from(clip(other, sample)), grid, hidden));
        return [...whole.map((value) => value / 255)];
      });
      const { filled, truth } = fillWith(plans, gives);
      expectClose(filled, expected, 1e-6);
      expectClose(
        truth,
        [...pixels].map((value) => value / 255),
        1e-6,
      );
    });

    it(`makes unused pixels 0 in both, from ${gives} tokens`, () => {
      const dual = plans.map((plan) => ({ ...plan, hidden: plan.hidden.slice(4), unused: plan.hidden.slice(0, 4) }));
      const { filled, truth } = fillWith(dual, gives);
      for (const [sample, { unused }] of dual.entries()) {
        for (const frames of [filled, truth]) {
          const own = Float32Array.from(frames.slice(sample * bytes, (sample + 1) * bytes));
          expect(readTokens(own, grid, unused).every((value) => value === 0)).to.equal(true);
          expect(own.filter((value) => value === 0).length).to.be.below(5 * tokenLength(grid));
        }
      }
    });
  }

  it('says what each frame counts: one clip as much as another, however many of its frames have something hidden', () => {
    expect(fillWith(plans, 'all').shares).to.deep.equal(new Array(8).fill(1 / 8));
    const mixed = [...plansOf(smallVit, 'future:2', 1), ...plansOf(smallVit, 'patches:0.5', 1)];
    const { values = [] } = planFrames(mixed)['frameShares'] ?? {};
    expect([...values]).to.deep.equal([...new Array<number>(4).fill(1 / 4), ...new Array<number>(4).fill(1 / 8)]);
  });
});
