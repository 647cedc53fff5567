import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { readTokens, writeTokens } from '../../lib/clip/tubelets.js';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { linearBlend } from '../../lib/measures/linear-blend.js';
import type { TrivialFill } from '../../lib/measures/trivial-fill.js';
import { visibleMean } from '../../lib/measures/visible-mean.js';
import { clipShapeOfModel, gridOfModel } from '../../lib/model/model-config.js';
import { tubeletsByPlace } from '../../lib/model/tubelet-pixels.js';
import { guessClip, planGuess, planPlane } from '../../lib/model/visible-guess.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose } from './expect-close.js';
import {
  type Batch,
  drawnParameters,
  fill,
  initialParameters,
  measureLoss,
  noisePixels,
  plansOf,
  setParameter,
  smallConv,
} from './small-models.js';

describe('conv', () => {
  const engine = createEagerEngine('cpu');
  const grid = gridOfModel(smallConv);
  const places = grid.rows * grid.columns;
  /** Values of a token. */
  const length = 4 * 4 * 3;

  /** Two clips, and a model that has learned nothing yet. */
  const batchOf = (hide: string): Batch => ({
    config: smallConv,
    parameters: initialParameters(smallConv, 3),
    pixels: noisePixels(smallConv, 2, 5),
    plans: plansOf(smallConv, hide, 2),
  });

  /** All tokens of both clips as a trivial fill gives them, 0 to 1. */
  const fillTrivially = async ({ pixels, plans }: Batch, trivial: TrivialFill): Promise<number[]> => {
    const tokens = Int32Array.from({ length: grid.tokens }, (_, token) => token);
    const bytes = clipLength(clipShapeOfModel(smallConv));
    const values: number[] = [];
    for (const [sample, plan] of plans.entries()) {
      const clip = pixels.subarray(sample * bytes, (sample + 1) * bytes);
      const filled = await trivial.fill(clip, plan, { meanFrame: new Float32Array(0) });
      values.push(...readTokens(filled, grid, tokens).map((value) => value / 255));
    }
    return values;
  };

  /** All tokens of both clips as the guess from what is visible has them, 0 to 1. */
  const guessesOf = ({ pixels, plans }: Batch): number[] => {
    const inputs = planGuess(plans, planPlane(plans, 'visible', 0).values, 'blend');
    const [guess = []] = onCpu(() => {
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, { values, shape, type }]) => [name, tf.tensor(values, [...shape], type)]),
      );
      const clips = tf.tensor(pixels, [2, 4, 16, 16, 3], 'float32');
      const { mean, motion } = guessClip(tf.div(tubeletsByPlace(clips, grid), 255), tensors, grid);
      return [tf.transpose(tf.add(mean, motion), [0, 2, 1, 3])];
    });
    return guess;
  };

  /** The values of those tokens of a batch that are wanted. */
  const pick = (
    values: ArrayLike<number>,
    { plans }: Batch,
    isWanted: (plan: MaskPlan, token: number) => boolean,
  ): number[] =>
    Array.from(values).filter((_, index) => {
      const token = Math.floor(index / length);
      const plan = plans[Math.floor(token / grid.tokens)];
      return plan !== undefined && isWanted(plan, token % grid.tokens);
    });

  const isHidden = ({ hidden }: MaskPlan, token: number) => hidden.includes(token);
  /** Whether the token's place is visible at any step. */
  const isKnown = ({ visible }: MaskPlan, token: number) => visible.some((other) => (other - token) % places === 0);

  for (const hide of ['future:3', 'gap:2', 'patches:0.6+gap:1']) {
    it(`fills ${hide} in by the linear blend before it has learned anything, and leaves the rest`, async () => {
      const batch = batchOf(hide);
      const [tokens, blend] = [await fill(engine, batch), await fillTrivially(batch, linearBlend)];
      expectClose(pick(tokens, batch, isKnown), pick(blend, batch, isKnown), 1e-6);
      expect(pick(blend, batch, (plan, token) => isKnown(plan, token) && isHidden(plan, token))).not.to.have.length(0);
    });
  }

  it('begins with the loss of the linear blend', async () => {
    const batch = batchOf('gap:2');
    const blend = pick(await fillTrivially(batch, linearBlend), batch, isHidden);
    const identity: TrivialFill = { appliesTo: () => true, fill: (clip) => Float32Array.from(clip) };
    const truth = pick(await fillTrivially(batch, identity), batch, isHidden);
    const squares = truth.map((value, index) => (value - (blend[index] ?? Number.NaN)) ** 2);
    const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    expect(await measureLoss(engine, batch)).to.be.closeTo(mean, 1e-6);
  });

  it('starts from the places around one that is never visible, and from no grey', async () => {
    const batch = batchOf('tube:0.5');
    const guess = guessesOf(batch);
    const tokens = pick(await fill(engine, batch), batch, isHidden);
    expectClose(tokens, pick(guess, batch, isHidden), 1e-6);
    expect(tokens).to.have.length(grid.tokens * length);
    expect(tokens.filter((value) => value === 0.5)).to.have.length(0);
  });

  it('starts from a middle grey where it fills in pixels themselves', async () => {
    const config = { ...smallConv, target: 'pixels' } as const;
    const batch = { ...batchOf('gap:2'), config, parameters: initialParameters(config, 3) };
    expect(new Set(pick(await fill(engine, batch), batch, isHidden))).to.deep.equal(new Set([0.5]));
  });

  it('draws normalised pixels by what is visible: at first the mean colours of the guess', async () => {
    const config = { ...smallConv, target: 'normalised' } as const;
    const batch = { ...batchOf('patches:0.6'), config, parameters: initialParameters(config, 3) };
    const guess = pick(guessesOf(batch), batch, isHidden);
    // Nothing is learned yet, so that each tubelet has the mean colour of its guess.
    const flat = guess.map((_, index) => {
      const start = index - (index % length);
      let sum = 0;
      for (let at = start + (index % 3); at < start + length; at += 3) sum += guess[at] ?? Number.NaN;
      return (3 * sum) / length;
    });
    expectClose(pick(await fill(engine, batch), batch, isHidden), flat, 1e-5);
  });

  it('falls back on the mean of what is visible as its gate closes, and adds what it has learned', async () => {
    const batch = batchOf('gap:2');
    setParameter(smallConv, batch.parameters, 'head.gate.bias', -40);
    setParameter(smallConv, batch.parameters, 'head.pixels.bias', 0.25);
    const tokens = pick(await fill(engine, batch), batch, isHidden);
    const mean = pick(await fillTrivially(batch, visibleMean), batch, isHidden);
    expectClose(
      tokens,
      mean.map((value) => value + 0.25),
      1e-6,
    );
  });

  it('takes unused tokens as not visible, and does not score them', async () => {
    const whole = batchOf('patches:0.6');
    const plans = whole.plans.map((plan) => ({
      ...plan,
      hidden: plan.hidden.filter((_, index) => index % 2 === 0),
      unused: plan.hidden.filter((_, index) => index % 2 === 1),
    }));
    const batch = { ...whole, parameters: drawnParameters(smallConv, 7), plans };
    const all = { ...batch, plans: whole.plans };
    expectClose(pick(await fill(engine, batch), batch, isHidden), pick(await fill(engine, all), batch, isHidden), 1e-6);
    const loss = await measureLoss(engine, batch);
    const identity: TrivialFill = { appliesTo: () => true, fill: (clip) => Float32Array.from(clip) };
    const truth = pick(await fillTrivially(batch, identity), batch, isHidden);
    const filled = pick(await fill(engine, batch), batch, isHidden);
    const squares = truth.map((value, index) => (value - (filled[index] ?? Number.NaN)) ** 2);
    expect(loss).to.be.closeTo(squares.reduce((sum, square) => sum + square, 0) / squares.length, 1e-5);
    expect(loss).not.to.be.closeTo(await measureLoss(engine, all), 1e-4);
    // Nor does it look at them.
    const bytes = clipLength(clipShapeOfModel(smallConv));
    const pixels = batch.pixels.slice();
    for (const [sample, { unused }] of plans.entries()) {
      writeTokens(
        pixels.subarray(sample * bytes, (sample + 1) * bytes),
        grid,
        unused,
        new Uint8Array(unused.length * length),
      );
    }
    expect(pixels).not.to.deep.equal(batch.pixels);
    expect(await measureLoss(engine, { ...batch, pixels })).to.be.closeTo(loss, 1e-7);
  });
});
