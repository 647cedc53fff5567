import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import fc from 'fast-check';
import { type TokenGrid, tokenLength } from '../../lib/clip/token-grid.js';
import { readTokens, writeTokens } from '../../lib/clip/tubelets.js';
import type { Engine } from '../../lib/engine/engine.js';
import { createEngine } from '../../lib/engine/engines.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';
import { gridOfModel, type ModelConfig } from '../../lib/model/model-config.js';
import type { ModelFamily } from '../../lib/model/model-family.js';
import { contrast, planContrast } from '../../lib/objectives/contrast.js';
import { defaultLoss, parseLoss } from '../../lib/objectives/loss-expression.js';
import { lossProgram } from '../../lib/objectives/programs.js';
import { reconstruction } from '../../lib/objectives/reconstruction.js';
import { onCpu } from '../engine/on-cpu.js';
import {
  drawnParameters,
  embed,
  fill,
  initialParameters,
  inputsOf,
  layoutOf,
  measureLoss,
  noisePixels,
  plansOf,
  smallConv,
  smallVit,
} from '../model/small-models.js';

/** What a family gave: places × values, and which places are hidden; absent: all. */
type Given = {
  readonly prediction: readonly (readonly number[])[];
  readonly target: readonly (readonly number[])[];
  readonly weights?: readonly number[];
};

/** The loss of a family that gives these numbers. */
function lossOf({ prediction, target, weights }: Given, loss = defaultLoss): number {
  const matrix = (rows: readonly (readonly number[])[]) => tf.tensor2d(rows.map((row) => [...row]));
  const [[value = Number.NaN] = []] = onCpu(() => {
    const given = {
      ...{ prediction: matrix(prediction), target: matrix(target), tokens: () => matrix(prediction) },
      encoded: matrix(prediction),
      ...(weights === undefined ? {} : { weights: tf.tensor2d([...weights], [weights.length, 1]) }),
    };
    const family: ModelFamily<undefined> = {
      ...{ parameters: () => ({ encoder: [], head: [] }), layers: () => [], planInputs: () => ({}) },
      ...{ encode: () => given.prediction, reconstruct: () => given },
    };
    const options = { loss, grid: gridOfModel(smallConv), classifier: undefined };
    return [reconstruction.loss(family, undefined, {}, {}, options)];
  });
  return value;
}

const allTokens = ({ tokens }: TokenGrid) => Int32Array.from({ length: tokens }, (_, token) => token);
const hiddenTokens = (plans: readonly MaskPlan[]) => Int32Array.from(plans.flatMap(({ hidden }) => [...hidden]));

const numbers = (length: number) =>
  fc.array(fc.float({ min: -1, max: 2, noNaN: true }), { minLength: length, maxLength: length });
const cases = fc.integer({ min: 1, max: 6 }).chain((places) =>
  fc.record({
    prediction: fc.array(numbers(3), { minLength: places, maxLength: places }),
    target: fc.array(numbers(3), { minLength: places, maxLength: places }),
    // The first place is always hidden.
    weights: fc
      .array(fc.integer({ min: 0, max: 1 }), { minLength: places, maxLength: places })
      .map((weights) => [1, ...weights.slice(1)]),
  }),
);
const property = (check: (given: Required<Given>) => void) =>
  fc.assert(fc.property(cases, check), { numRuns: 40, seed: 1 });

describe('reconstruction', () => {
  it('is the mean squared error of all values where all are hidden', () => {
    const given = {
      prediction: [
        [1, 2],
        [3, 4],
      ],
      target: [
        [1, 1],
        [1, 0],
      ],
    };
    expect(lossOf(given)).to.be.closeTo((0 + 1 + 4 + 16) / 4, 1e-6);
  });

  it('counts hidden places alone where there are weights', () => {
    const given = {
      prediction: [
        [1, 2],
        [3, 4],
        [9, 9],
      ],
      target: [
        [1, 1],
        [1, 0],
        [0, 0],
      ],
      weights: [0, 1, 0],
    };
    expect(lossOf(given)).to.be.closeTo((4 + 16) / 2, 1e-6);
    expect(lossOf({ ...given, weights: [1, 1, 0] })).to.be.closeTo((0 + 1 + 4 + 16) / 4, 1e-6);
  });

  it('is the mean absolute difference where that is asked for', () => {
    const given = {
      prediction: [
        [1, 2],
        [3, 4],
      ],
      target: [
        [1, 1],
        [1, 0],
      ],
    };
    expect(lossOf(given, parseLoss('l1'))).to.be.closeTo((0 + 1 + 2 + 4) / 4, 1e-6);
    expect(lossOf({ ...given, weights: [0, 1] }, parseLoss('l1'))).to.be.closeTo((2 + 4) / 2, 1e-6);
  });

  it('is the same with the visible places left out', () => {
    property(({ prediction, target, weights }) => {
      const isHidden = (_: unknown, place: number) => weights[place] === 1;
      const hiddenOnly = { prediction: prediction.filter(isHidden), target: target.filter(isHidden) };
      expect(lossOf({ prediction, target, weights })).to.be.closeTo(lossOf(hiddenOnly), 1e-5);
    });
  });

  it('is 0 for the truth, and four times as large for twice the distance', () => {
    property(({ prediction, target, weights }) => {
      expect(lossOf({ prediction: target, target, weights })).to.equal(0);
      const doubled = prediction.map((row, place) =>
        row.map((value, index) => 2 * value - (target[place]?.[index] ?? 0)),
      );
      const loss = lossOf({ prediction, target, weights });
      expect(lossOf({ prediction: doubled, target, weights })).to.be.closeTo(4 * loss, 1e-4);
    });
  });

  it('does not depend on the order of the places', () => {
    property(({ prediction, target, weights }) => {
      const turned = {
        prediction: prediction.toReversed(),
        target: target.toReversed(),
        weights: weights.toReversed(),
      };
      expect(lossOf(turned)).to.be.closeTo(lossOf({ prediction, target, weights }), 1e-5);
    });
  });

  describe('on an engine', () => {
    let engine: Engine;
    before(async () => {
      engine = await createEngine('onnx', { threads: 1 });
    });
    after(() => engine.dispose());

    for (const config of [smallConv, smallVit]) {
      it(`adds the contrast of what the encoder of a ${config.family} gives, by the sources that are told`, async () => {
        const batch = {
          config,
          parameters: drawnParameters(config, 1),
          pixels: noisePixels(config, 4, 2),
          plans: plansOf(config, 'patches:0.5', 4),
        };
        const sources = Int32Array.of(3, 3, 0, 0);
        const h = await embed(engine, batch);
        const [[expected = NaN] = []] = onCpu(() => {
          const { shape, values } = planContrast(sources).positives;
          return [contrast(tf.tensor3d(h, [4, 1, h.length / 4]), tf.tensor(values, [...shape]))];
        });
        expect(expected).to.be.above(0.1);
        const alone = await measureLoss(engine, batch);
        const learning = { loss: parseLoss('mse+contrast:0.5') };
        expect(await measureLoss(engine, { ...batch, learning })).to.equal(alone);
        const both = await measureLoss(engine, { ...batch, learning, sources });
        expect(both - alone).to.be.closeTo(0.5 * expected, 1e-5);
      });
    }

    const models: readonly ModelConfig[] = [
      { ...smallConv, width: 24, innerWidth: 32 },
      { ...smallVit, width: 48, decoderWidth: 48 },
    ];
    for (const config of models) {
      it(`goes down to almost nothing on one clip with ${config.family}, and the fill comes to the truth`, async () => {
        const pixels = noisePixels(config, 1, 3);
        const plans = plansOf(config, 'patches:0.25', 1);
        const { plan, arrays } = inputsOf(config, pixels, plans);
        const step = await engine.compile('step', {
          ...lossProgram(config, 'reconstruction', 1, plan),
          optimiser: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 },
        });
        const state = engine.createState(layoutOf(config));
        const zeros = new Float32Array(layoutOf(config).length);
        await engine.writeState(state, { parameters: initialParameters(config, 1), moments1: zeros, moments2: zeros });
        const losses: number[] = [];
        for (let at = 1; at <= 100; at++) {
          losses.push((await step.run(state, arrays, { learningRate: 5e-3, weightDecay: 0, step: at })).loss);
        }
        expect(losses.at(-1)).to.be.below(0.02 * (losses[0] ?? Number.NaN));
        const { parameters } = await engine.readState(state);
        const grid = gridOfModel(config);
        const filled = await fill(engine, { config, parameters, pixels, plans });
        const tokens = filled.length / tokenLength(grid) === grid.tokens ? allTokens(grid) : hiddenTokens(plans);
        const clip = Float32Array.from(pixels);
        writeTokens(
          clip,
          grid,
          tokens,
          filled.map((value) => 255 * value),
        );
        const hidden = hiddenTokens(plans);
        const [made, truth] = [readTokens(clip, grid, hidden), readTokens(pixels, grid, hidden)];
        const squares = truth.reduce((sum, value, index) => sum + (value - (made[index] ?? Number.NaN)) ** 2, 0);
        // Noise has a deviation of 74.
        expect(Math.sqrt(squares / truth.length)).to.be.below(10);
      });
    }
  });
});
