import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { LossProgram, OptimiserConstants, StepRates } from '../../lib/engine/engine.js';
import { layOutParameters, type ParameterGroup } from '../../lib/engine/parameter-layout.js';
import { computeGradients, computeRates, computeUpdate, normOf } from '../../lib/engine/training-mathematics.js';
import { named } from '../../lib/operations/operation.js';
import { onCpu } from './on-cpu.js';
import { drawNumbers } from './small-model.js';

const optimiser: OptimiserConstants = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1 };
const layout = layOutParameters([
  { name: 'w', shape: [2, 2], decay: true },
  { name: 'b', shape: [2], decay: false },
]);

/** What an update reads and writes, all groups one behind the other. */
type Numbers = { parameters: number[]; moments1: number[]; moments2: number[] };

const zeros = (): Numbers => ({
  parameters: [1, -2, 3, 0.5, 4, -1],
  moments1: new Array<number>(6).fill(0),
  moments2: new Array<number>(6).fill(0),
});

/** One update as the library does it. */
function update(numbers: Numbers, gradients: readonly number[], constants: OptimiserConstants, rates: StepRates) {
  const [[norm = Number.NaN] = [], ...next] = onCpu(() => {
    const { stepSize, epsilon, decay } = computeRates(constants, rates);
    const partOf = (values: readonly number[], { offset, length }: ParameterGroup) =>
      tf.tensor1d(values.slice(offset, offset + length));
    const given = layout.groups.map((group) => partOf(gradients, group));
    const gradientNorm = normOf(given);
    const groups = computeUpdate(
      layout,
      constants,
      given,
      gradientNorm,
      layout.groups.map((group) => ({
        parameters: partOf(numbers.parameters, group),
        moments1: partOf(numbers.moments1, group),
        moments2: partOf(numbers.moments2, group),
      })),
      {
        stepSize: tf.scalar(stepSize),
        epsilon: tf.scalar(epsilon),
        decay: tf.scalar(decay),
        averageDecay: tf.scalar(0),
      },
    );
    const all = (name: keyof Numbers) => tf.concat(groups.map((group) => group[name]));
    return [gradientNorm, all('parameters'), all('moments1'), all('moments2')];
  });
  const [parameters = [], moments1 = [], moments2 = []] = next;
  return { norm, numbers: { parameters, moments1, moments2 } };
}

/** The same in float64 and in the words of the paper: Loshchilov and Hutter 2019, algorithm 2, after clipping by the norm. */
function updateByDefinition(
  { parameters, moments1, moments2 }: Numbers,
  gradients: readonly number[],
  { beta1, beta2, epsilon, clipNorm }: OptimiserConstants,
  { learningRate, weightDecay, step }: StepRates,
): Numbers {
  const norm = Math.hypot(...gradients);
  const clipped = gradients.map((gradient) => (norm > clipNorm ? (gradient * clipNorm) / norm : gradient));
  const m = clipped.map((gradient, index) => beta1 * (moments1[index] ?? NaN) + (1 - beta1) * gradient);
  const v = clipped.map((gradient, index) => beta2 * (moments2[index] ?? NaN) + (1 - beta2) * gradient ** 2);
  const next = parameters.map((parameter, index) => {
    const unbiased1 = (m[index] ?? NaN) / (1 - beta1 ** step);
    const unbiased2 = (v[index] ?? NaN) / (1 - beta2 ** step);
    const decay = index < 4 ? weightDecay : 0;
    return parameter - learningRate * (unbiased1 / (Math.sqrt(unbiased2) + epsilon) + decay * parameter);
  });
  return { parameters: next, moments1: m, moments2: v };
}

function expectClose(actual: Numbers, expected: Numbers): void {
  for (const name of ['parameters', 'moments1', 'moments2'] as const) {
    for (const [index, value] of expected[name].entries()) {
      expect(actual[name][index], `${name}[${index}]`).to.be.closeTo(value, 2e-6 * Math.max(0.1, Math.abs(value)));
    }
  }
}

describe('computeRates', () => {
  it('corrects both biases at the first step, and hardly later', () => {
    const rates = computeRates({ ...optimiser, beta2: 0.999 }, { learningRate: 0.1, weightDecay: 0.5, step: 1 });
    expect(rates.stepSize).to.be.closeTo((0.1 * Math.sqrt(0.001)) / 0.1, 1e-12);
    expect(rates.epsilon).to.be.closeTo(1e-8 * Math.sqrt(0.001), 1e-20);
    expect(rates.decay).to.equal(0.05);
    const late = computeRates(optimiser, { learningRate: 0.1, weightDecay: 0, step: 10000 });
    expect(late).to.deep.equal({ stepSize: 0.1, epsilon: 1e-8, decay: 0, averageDecay: 0 });
  });
});

describe('computeUpdate', () => {
  it('is AdamW by its definition over twenty steps, with and without clipping', () => {
    for (const clipNorm of [0.5, 1000]) {
      const constants = { ...optimiser, clipNorm };
      let own = zeros();
      let expected = zeros();
      for (let step = 1; step <= 20; step++) {
        const gradients = [...drawNumbers(6, step)];
        const rates = { learningRate: 0.05 / step, weightDecay: 0.1, step };
        own = update(own, gradients, constants, rates).numbers;
        expected = updateByDefinition(expected, gradients, constants, rates);
      }
      expectClose(own, expected);
    }
  });

  it('moves each parameter by the rate at the first step, against its gradient', () => {
    const { numbers } = update(zeros(), [0.5, -0.5, 1e-3, -1e-3, 0.1, -0.1], optimiser, {
      learningRate: 0.1,
      weightDecay: 0.2,
      step: 1,
    });
    // θ − α λ θ − α sign(g), no decay for the last two
    const expected = [1 - 0.02 - 0.1, -2 + 0.04 + 0.1, 3 - 0.06 - 0.1, 0.5 - 0.01 + 0.1, 4 - 0.1, -1 + 0.1];
    for (const [index, value] of expected.entries()) expect(numbers.parameters[index]).to.be.closeTo(value, 1e-5);
  });

  it('clips by the norm over all groups together, and reports it from before', () => {
    const gradients = [3, 0, 0, 0, 4, 0];
    const rates = { learningRate: 0.1, weightDecay: 0, step: 1 };
    const clipped = update(zeros(), gradients, optimiser, rates);
    expect(clipped.norm).to.be.closeTo(5, 1e-6);
    // (1 − β₁) · g / 5
    expect(clipped.numbers.moments1[0]).to.be.closeTo(0.06, 1e-7);
    expect(clipped.numbers.moments1[4]).to.be.closeTo(0.08, 1e-7);
    const whole = update(zeros(), gradients, { ...optimiser, clipNorm: Infinity }, rates);
    expect(whole.norm).to.be.closeTo(5, 1e-6);
    expect(whole.numbers.moments1[0]).to.be.closeTo(0.3, 1e-7);
    const within = update(zeros(), gradients, { ...optimiser, clipNorm: 5.001 }, rates);
    expect(within.numbers.moments1[0]).to.be.closeTo(0.3, 1e-7);
  });

  it('only shrinks what decays where all gradients are 0', () => {
    const { norm, numbers } = update(zeros(), [0, 0, 0, 0, 0, 0], optimiser, {
      learningRate: 0.5,
      weightDecay: 0.5,
      step: 1,
    });
    expect(norm).to.equal(0);
    expect(numbers.parameters).to.deep.equal([0.75, -1.5, 2.25, 0.375, 4, -1]);
  });

  it('changes nothing for a gradient that is not a number, of which the norm tells', () => {
    const rates = { learningRate: 0.1, weightDecay: 0.5, step: 1 };
    for (const broken of [NaN, Infinity, -Infinity, 3e38]) {
      const before = { ...zeros(), moments1: [1, 2, 3, 4, 5, 6], moments2: [0.5, 0, 1, 2, 3, 4] };
      const { norm, numbers } = update(before, [1, broken, 0, 0, 0, 0], optimiser, rates);
      expect(Number.isFinite(norm)).to.be.false;
      expect(numbers).to.deep.equal(before);
    }
  });
});

describe('computeGradients', () => {
  const program: LossProgram = {
    name: 'by hand',
    layout,
    inputs: {},
    // Σ w² + Σ 3 b
    loss: (parameters) => tf.add(tf.sum(tf.square(named(parameters, 'w'))), tf.sum(tf.mul(named(parameters, 'b'), 3))),
  };
  const compute = (loss: LossProgram['loss'], extra: readonly string[] = []) =>
    onCpu(() => {
      const own = layOutParameters([...layout.places, ...extra.map((name) => ({ name, shape: [1], decay: false }))]);
      const parameters = {
        w: tf.tensor2d([1, 2, 3, 4], [2, 2]),
        b: tf.tensor1d([5, 6]),
        ...Object.fromEntries(extra.map((name) => [name, tf.zeros([1])])),
      };
      const result = computeGradients({ ...program, layout: own, loss }, parameters, {});
      return [result.loss, ...result.gradients];
    });

  it('gives the loss and a flat gradient for each group', () => {
    expect(compute(program.loss)).to.deep.equal([[63], [2, 4, 6, 8], [3, 3]]);
  });

  it('takes a loss of one element, whatever its shape', () => {
    expect(compute((parameters) => tf.reshape(program.loss(parameters, {}, {}), [1, 1]))[0]).to.deep.equal([63]);
  });

  it('refuses a loss of several numbers', () => {
    expect(() => compute((parameters) => named(parameters, 'w'))).to.throw(
      RangeError,
      'the loss of by hand must be one number, got the shape [2, 2]',
    );
  });

  it('names the parameters that take no part, the first three of many', () => {
    const message = 'every parameter must take part in the loss of by hand, but not so: ';
    expect(() => compute((parameters) => tf.sum(named(parameters, 'b')))).to.throw(RangeError, `${message}w`);
    expect(() => compute(program.loss, ['c', 'd', 'e', 'f', 'g'])).to.throw(RangeError, `${message}c, d, e and 2 more`);
    expect(() => compute(() => tf.scalar(1))).to.throw(RangeError, `${message}w, b`);
  });
});
