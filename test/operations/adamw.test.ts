import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { adamw } from '../../lib/operations/adamw.js';
import { onCpu } from '../engine/on-cpu.js';

const constants = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };

type Numbers = Partial<Record<'parameters' | 'gradients' | 'moments1' | 'moments2', number[]>> &
  Partial<Record<'stepSize' | 'epsilon' | 'decay' | 'clip', number>> & { isSound?: boolean };

/** Parameters, first and second moments after one update. */
function update(numbers: Numbers) {
  const { stepSize = 0.1, epsilon = 1e-8, decay = 0, clip = 1, isSound = true } = numbers;
  const { parameters = [1, 1], gradients = [0, 0], moments1 = [0, 0], moments2 = [0, 0] } = numbers;
  const [next = [], first = [], second = []] = onCpu(() => {
    const outputs = adamw(
      {
        parameters: tf.tensor1d(parameters),
        gradients: tf.tensor1d(gradients),
        clip: tf.scalar(clip),
        isSound: tf.scalar(isSound, 'bool'),
        moments1: tf.tensor1d(moments1),
        moments2: tf.tensor1d(moments2),
        stepSize: tf.scalar(stepSize),
        epsilon: tf.scalar(epsilon),
        decay: tf.scalar(decay),
      },
      constants,
    );
    return [outputs.parameters, outputs.moments1, outputs.moments2];
  });
  return { parameters: next, moments1: first, moments2: second };
}

describe('adamw', () => {
  it('moves the moments towards the gradient and its square', () => {
    const { moments1, moments2 } = update({ gradients: [2, -3], moments1: [1, 0.5], moments2: [4, 0] });
    // 0.9 · 1 + 0.1 · 2, 0.9 · 0.5 − 0.1 · 3; 0.99 · 4 + 0.01 · 4, 0.01 · 9
    for (const [index, value] of [1.1, 0.15].entries()) expect(moments1[index]).to.be.closeTo(value, 1e-7);
    for (const [index, value] of [4, 0.09].entries()) expect(moments2[index]).to.be.closeTo(value, 1e-6);
  });

  it('steps by the first moment over the root of the second', () => {
    const { parameters } = update({
      gradients: [2, -3],
      moments1: [1, 0.5],
      moments2: [4, 0],
      stepSize: 0.1,
      epsilon: 0.1,
    });
    // 1 − 0.1 · 1.1 / (2 + 0.1), 1 − 0.1 · 0.15 / (0.3 + 0.1)
    expect(parameters[0]).to.be.closeTo(1 - 0.11 / 2.1, 1e-6);
    expect(parameters[1]).to.be.closeTo(1 - 0.015 / 0.4, 1e-6);
  });

  it('shrinks parameters apart from the gradient: the decay does not enter the moments', () => {
    const { parameters, moments1, moments2 } = update({ parameters: [4, -8], decay: 0.25 });
    expect(parameters).to.deep.equal([3, -6]);
    expect([...moments1, ...moments2]).to.deep.equal([0, 0, 0, 0]);
  });

  it('clips the gradient before the moments see it', () => {
    const numbers = { parameters: [1, -2], moments1: [1, 0.5], moments2: [4, 0.25], epsilon: 0.1 };
    const clipped = update({ ...numbers, gradients: [8, -12], clip: 0.25 });
    const small = update({ ...numbers, gradients: [2, -3] });
    for (const name of ['parameters', 'moments1', 'moments2'] as const) {
      for (const [index, value] of small[name].entries()) expect(clipped[name][index]).to.be.closeTo(value, 1e-6);
    }
    const none = update({ ...numbers, gradients: [8, -12], clip: 0 });
    expect(none.moments1[0]).to.be.closeTo(0.9, 1e-7);
    expect(none.moments2[0]).to.be.closeTo(3.96, 1e-6);
  });

  it('gives back to the bit what it was given where the gradient is not sound, whatever that is', () => {
    const numbers = { parameters: [0.1, -2e-3], moments1: [1 / 3, -7e5], moments2: [1e-9, 3], decay: 0.5 };
    const given = (values: number[]) => [...Float32Array.from(values)];
    for (const gradients of [
      [Number.NaN, 1],
      [Infinity, -Infinity],
      [3e38, 3e38],
    ]) {
      for (const clip of [Number.NaN, 0, 1]) {
        expect(update({ ...numbers, gradients, clip, isSound: false })).to.deep.equal({
          parameters: given(numbers.parameters),
          moments1: given(numbers.moments1),
          moments2: given(numbers.moments2),
        });
      }
    }
  });

  it('divides by ε alone where nothing has ever moved', () => {
    expect(update({ epsilon: 1e-8 }).parameters).to.deep.equal([1, 1]);
  });

  it('keeps what is no number or infinite to its own parameter, and hides neither', () => {
    const { parameters, moments1, moments2 } = update({ gradients: [Number.NaN, 1] });
    expect([parameters[0], moments1[0], moments2[0]]).to.deep.equal([Number.NaN, Number.NaN, Number.NaN]);
    expect(parameters[1]).to.be.finite;
    expect(update({ gradients: [Infinity, 1] }).parameters[0]).to.be.NaN;
  });
});
