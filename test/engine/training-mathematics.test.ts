import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import type { LossProgram, OptimiserConstants, StepRates } from '../../lib/engine/engine.js';
import { layOutParameters, type ParameterGroup } from '../../lib/engine/parameter-layout.js';
import {
  computeGradients,
  computeRates,
  computeUpdate,
  normOf,
  updatedArrays,
} from '../../lib/engine/training-mathematics.js';
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
    const { rate, stepSize, epsilon, decay } = computeRates(constants, rates);
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
        rate: tf.scalar(rate),
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
    expect(late).to.deep.equal({ rate: 0.1, stepSize: 0.1, epsilon: 1e-8, decay: 0, averageDecay: 0 });
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

describe('computeUpdate of groups with rates of their own', () => {
  const start = [1, -2, 3, 0.5];
  const gradients = [0.5, -0.25, 0.125, -1];
  const rates = { learningRate: 0.1, weightDecay: 0.5, step: 3, averageDecay: 0.75 };

  /** Parameters, moments and averages of one parameter `[4]` after an update. */
  function updateAt(rate: number, decay: boolean, movesAverages = false, given = gradients) {
    const own = layOutParameters([{ name: 'w', shape: [4], decay, rate }]);
    const constants = { ...optimiser, movesAverages };
    const [parameters = [], moments1 = [], moments2 = [], averages] = onCpu(() => {
      const flat = tf.tensor1d(given);
      const [next] = computeUpdate(
        own,
        constants,
        [flat],
        normOf([flat]),
        [
          {
            parameters: tf.tensor1d(start),
            moments1: tf.tensor1d([0.1, 0.2, -0.1, 0]),
            moments2: tf.tensor1d([0.01, 0.02, 0.03, 0.04]),
            ...(movesAverages ? { averages: tf.tensor1d([4, 4, -4, 0]) } : {}),
          },
        ],
        scalarsOf(constants, rates),
      );
      if (next === undefined) throw new Error('there is one group');
      const { averages: moved } = next;
      return [next.parameters, next.moments1, next.moments2, ...(moved === undefined ? [] : [moved])];
    });
    return { parameters, moments1, moments2, averages };
  }

  const scalarsOf = (constants: OptimiserConstants, stepRates: StepRates) => {
    const { rate, stepSize, epsilon, decay, averageDecay } = computeRates(constants, stepRates);
    return {
      ...{ rate: tf.scalar(rate), stepSize: tf.scalar(stepSize), epsilon: tf.scalar(epsilon) },
      ...{ decay: tf.scalar(decay), averageDecay: tf.scalar(averageDecay) },
    };
  };

  it('moves by the rate times as far, and decays by it times as much; moments do not know of it', () => {
    for (const decay of [true, false]) {
      const [whole, half, double] = [1, 0.5, 2].map((rate) => updateAt(rate, decay));
      for (const [index, from] of start.entries()) {
        const way = (whole?.parameters[index] ?? Number.NaN) - from;
        expect(Math.abs(way), `way ${index}`).to.be.above(1e-3);
        expect((half?.parameters[index] ?? Number.NaN) - from).to.be.closeTo(way / 2, 1e-6);
        expect((double?.parameters[index] ?? Number.NaN) - from).to.be.closeTo(way * 2, 1e-6);
      }
      expect([half?.moments1, half?.moments2]).to.deep.equal([whole?.moments1, whole?.moments2]);
    }
    // Of its own the decay too: no gradient has ever come.
    const shrunk = onCpu(() => {
      const own = layOutParameters([{ name: 'w', shape: [4], decay: true, rate: 0.5 }]);
      const none = tf.zeros([4]);
      const arena = { parameters: tf.tensor1d(start), moments1: none, moments2: none };
      const [next] = computeUpdate(own, optimiser, [none], normOf([none]), [arena], scalarsOf(optimiser, rates));
      return next === undefined ? [] : [next.parameters];
    })[0];
    for (const [index, from] of start.entries()) {
      expect(shrunk?.[index]).to.be.closeTo(from * (1 - 0.5 * 0.1 * 0.5), 1e-6);
    }
  });

  it('leaves a parameter of rate 0 where it is', () => {
    expect(updateAt(0, true).parameters).to.deep.equal(start);
    expect(updateAt(0, false).parameters).to.deep.equal(start);
  });

  it('moves averages towards the new parameters: a ← μ a + (1 − μ) θ', () => {
    const { parameters, averages = [] } = updateAt(1, true, true);
    expect(parameters).to.deep.equal(updateAt(1, true).parameters);
    for (const [index, from] of [4, 4, -4, 0].entries()) {
      expect(averages[index]).to.be.closeTo(0.75 * from + 0.25 * (parameters[index] ?? Number.NaN), 1e-6);
    }
    expect(updateAt(1, true).averages).to.be.undefined;
  });

  it('leaves averages too where the gradient is not sound, and misses them where there are none', () => {
    const broken = [1, Number.NaN, 0, 0];
    const { parameters, averages = [] } = updateAt(1, true, true, broken);
    expect(parameters).to.deep.equal(start);
    expect(averages).to.deep.equal([4, 4, -4, 0]);
    expect(() =>
      onCpu(() => {
        const own = layOutParameters([{ name: 'w', shape: [1], decay: true }]);
        const one = tf.ones([1]);
        const arena = { parameters: one, moments1: one, moments2: one };
        const constants = { ...optimiser, movesAverages: true };
        computeUpdate(own, constants, [one], normOf([one]), [arena], scalarsOf(constants, rates));
        return [];
      }),
    ).to.throw(RangeError, 'group 0 has no averages');
  });

  it('asks for an arena and a gradient of each group', () => {
    const scalars = () => scalarsOf(optimiser, rates);
    const one = () => ({ parameters: tf.ones([4]), moments1: tf.ones([4]), moments2: tf.ones([4]) });
    expect(() => onCpu(() => (computeUpdate(layout, optimiser, [], tf.scalar(1), [], scalars()), []))).to.throw(
      RangeError,
      'group 0 has no arena',
    );
    expect(() => onCpu(() => (computeUpdate(layout, optimiser, [], tf.scalar(1), [one()], scalars()), []))).to.throw(
      RangeError,
      'item 0 of 0 is missing',
    );
  });
});

describe('updatedArrays', () => {
  it('are the three of every state, and the averages where they are moved', () => {
    expect(updatedArrays(optimiser)).to.deep.equal(['parameters', 'moments1', 'moments2']);
    expect(updatedArrays({ ...optimiser, movesAverages: true })).to.deep.equal([
      ...['parameters', 'moments1', 'moments2', 'averages'],
    ]);
  });
});

describe('normOf', () => {
  it('is the root of the sum of all squares, of any shapes', () => {
    const norm = onCpu(() => [normOf([tf.tensor2d([[1, -2]]), tf.tensor1d([4, 2]), tf.scalar(0), tf.scalar(-12)])]);
    expect(norm).to.deep.equal([[13]]);
    expect(onCpu(() => [normOf([tf.tensor1d([3, 4])])])).to.deep.equal([[5]]);
  });

  it('hides nothing', () => {
    for (const [value, expected] of [
      [Number.NaN, Number.NaN],
      [-Infinity, Infinity],
      [1e30, Infinity],
    ] as const) {
      expect(onCpu(() => [normOf([tf.tensor1d([1, value]), tf.tensor1d([1])])])).to.deep.equal([[expected]]);
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
      const result = computeGradients({ ...program, layout: own, loss }, parameters, [{}]);
      return [result.loss, ...result.gradients];
    });

  it('gives the loss and a flat gradient for each group', () => {
    expect(compute(program.loss)).to.deep.equal([[63], [2, 4, 6, 8], [3, 3]]);
  });

  it('gives the norm of all, which is no number where the loss is none', () => {
    const normOfLoss = (factor: number) =>
      onCpu(() => {
        const parameters = { w: tf.tensor2d([1, 2, 3, 4], [2, 2]), b: tf.tensor1d([5, 6]) };
        const loss: LossProgram['loss'] = (given) => tf.add(program.loss(given, {}, {}), factor);
        return [computeGradients({ ...program, loss }, parameters, [{}]).gradientNorm];
      })[0]?.[0];
    expect(normOfLoss(7)).to.be.closeTo(Math.sqrt(4 + 16 + 36 + 64 + 9 + 9), 1e-5);
    // The gradients are sound, and the step is not.
    expect(normOfLoss(Number.NaN)).to.be.NaN;
    expect(normOfLoss(Infinity)).to.be.NaN;
  });

  it('gives the loss the averages, through which nothing is learned', () => {
    const [loss, ...gradients] = onCpu(() => {
      const parameters = { w: tf.ones([2, 2]), b: tf.ones([2]) };
      const averages = { w: tf.fill([2, 2], 3), b: tf.fill([2], 5) };
      // Σ w · w̄ + Σ b · b̄
      const reads: LossProgram['loss'] = (given, _, others) =>
        tf.addN(['w', 'b'].map((name) => tf.sum(tf.mul(named(given, name), named(others, name)))));
      const result = computeGradients({ ...program, loss: reads }, parameters, [{}], averages);
      return [result.loss, ...result.gradients];
    });
    expect(loss).to.deep.equal([22]);
    expect(gradients).to.deep.equal([
      [3, 3, 3, 3],
      [5, 5],
    ]);
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
