import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { drawNormalised, normaliseTubelets } from '../../lib/model/normalised-tubelets.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose } from './expect-close.js';
import { noisePixels, smallConv } from './small-models.js';

describe('normaliseTubelets', () => {
  const length = 4 * 4 * 3;
  const pixels = [...noisePixels(smallConv, 1, 1)].slice(0, 2 * length);

  it('brings each colour of each tubelet to mean 0 and the variance of a sample 1', () => {
    const [values = []] = onCpu(() => [normaliseTubelets(tf.tensor2d(pixels, [2, length]), 3)]);
    for (const tubelet of [0, 1]) {
      for (const colour of [0, 1, 2]) {
        const of = (from: readonly number[]) =>
          from.slice(tubelet * length, (tubelet + 1) * length).filter((_, index) => index % 3 === colour);
        const [own, given] = [of(values), of(pixels)];
        const mean = given.reduce((sum, value) => sum + value / 16, 0);
        const deviation = Math.sqrt(given.reduce((sum, value) => sum + (value - mean) ** 2 / 15, 0));
        expectClose(
          own,
          given.map((value) => (value - mean) / (deviation + 255e-6)),
          1e-5,
        );
      }
    }
  });

  it('gives exact zeros where a tubelet is of one colour', () => {
    const flat = Array.from({ length: 3 * 7 }, (_, index) => [37, 201, 3][index % 3] ?? 0);
    expect(onCpu(() => [normaliseTubelets(tf.tensor2d(flat, [1, 21]), 3)])[0]?.every((value) => value === 0)).to.equal(
      true,
    );
  });

  it('is undone by the statistics of the same tubelets, and drawn by those of a guess', () => {
    const [own = [], other = []] = onCpu(() => {
      const truth = tf.div(tf.tensor3d(pixels, [1, 2, length]), 255);
      const normalised = normaliseTubelets(tf.tensor3d(pixels, [1, 2, length]), 3);
      const guess = tf.add(tf.mul(truth, 0.5), 0.1);
      return [drawNormalised(normalised, truth, 3), drawNormalised(normalised, guess, 3)];
    });
    expectClose(
      own,
      pixels.map((value) => value / 255),
      1e-5,
    );
    expectClose(
      other,
      pixels.map((value) => value / 510 + 0.1),
      1e-5,
    );
  });
});
