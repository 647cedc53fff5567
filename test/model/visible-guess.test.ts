import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { readTokens, writeTokens } from '../../lib/clip/tubelets.js';
import { hiddenFrames } from '../../lib/masking/hidden-pixels.js';
import { linearBlend } from '../../lib/measures/linear-blend.js';
import { clipShapeOfModel, gridOfModel, type GuessName } from '../../lib/model/model-config.js';
import { tubeletsByPlace } from '../../lib/model/tubelet-pixels.js';
import { guessClip, planGuess, planPlane } from '../../lib/model/visible-guess.js';
import { compensateMotion } from '../../lib/operations/motion-compensation.js';
import { onCpu } from '../engine/on-cpu.js';
import { expectClose } from './expect-close.js';
import { noisePixels, plansOf, smallConv } from './small-models.js';

const grid = gridOfModel(smallConv);
const places = grid.rows * grid.columns;
const length = 4 * 4 * 3;

/** The guess for each of two clips, by tokens, 0 to 255, and how much of it moves. */
function guessOf(hide: string, name: GuessName = 'blend') {
  const plans = plansOf(smallConv, hide, 2, 3);
  const pixels = noisePixels(smallConv, 2, 5);
  const inputs = planGuess(plans, planPlane(plans, 'visible', 0).values, name);
  const [guess = [], motion = []] = onCpu(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { values, shape, type }]) => [name, tf.tensor(values, [...shape], type)]),
    );
    const clips = tubeletsByPlace(tf.tensor(pixels, [2, 4, 16, 16, 3], 'float32'), grid);
    const parts = guessClip(tf.div(clips, 255), tensors, grid);
    return [tf.mul(tf.add(parts.mean, parts.motion), 255), tf.mul(parts.motion, 255)];
  });
  const bytes = clipLength(clipShapeOfModel(smallConv));
  const clipOf = (sample: number) => pixels.subarray(sample * bytes, (sample + 1) * bytes);
  // By places, and then by steps.
  const tokenOf = (values: readonly number[], sample: number, token: number) => {
    const at = ((sample * places + (token % places)) * grid.steps + Math.floor(token / places)) * length;
    return values.slice(at, at + length);
  };
  return { plans, clipOf, guess: (sample: number, token: number) => tokenOf(guess, sample, token), motion, tokenOf };
}

describe('guessClip', () => {
  for (const hide of ['future:3', 'gap:2', 'patches:0.8']) {
    it(`is the linear blend of ${hide} wherever something is visible in time`, async () => {
      const { plans, clipOf, guess } = guessOf(hide);
      for (const [sample, plan] of plans.entries()) {
        const blend = await linearBlend.fill(clipOf(sample), plan, { meanFrame: new Float32Array(0) });
        for (let token = 0; token < grid.tokens; token++) {
          if (!plan.visible.some((other) => (other - token) % places === 0)) continue;
          const wanted = readTokens(Float32Array.from(blend), grid, Int32Array.of(token));
          expectClose(guess(sample, token), wanted, 1e-3);
        }
      }
    });
  }

  it('is the mean over time of the nearest visible places where a place is never visible', () => {
    const { plans, clipOf, guess, motion, tokenOf } = guessOf('tube:0.5');
    for (const [sample, { visible, hidden }] of plans.entries()) {
      const known = new Set(visible.map((token) => token % places));
      for (const token of hidden) {
        const [row, column] = [Math.floor((token % places) / grid.columns), token % grid.columns];
        const wanted = new Float64Array(length);
        let sum = 0;
        // The nearest of each quarter of the plane, by looking at all places.
        for (const turn of [0, 1, 2, 3]) {
          const found = [...known]
            .map((place) => {
              const [y, x] = [Math.floor(place / grid.columns) - row, (place % grid.columns) - column];
              const [along, across] = [
                [x, y],
                [y, -x],
                [-x, -y],
                [-y, x],
              ][turn] as [number, number];
              return { place, isHere: along > 0 && across >= 0, squared: x * x + y * y };
            })
            .filter(({ isHere }) => isHere)
            .sort((one, other) => one.squared - other.squared || one.place - other.place)[0];
          if (found === undefined) continue;
          sum += 1 / found.squared;
          for (let step = 0; step < grid.steps; step++) {
            const values = readTokens(clipOf(sample), grid, Int32Array.of(step * places + found.place));
            for (const [index, value] of values.entries()) {
              wanted[index] = (wanted[index] ?? 0) + value / grid.steps / found.squared;
            }
          }
        }
        expectClose(
          guess(sample, token),
          wanted.map((value) => value / sum),
          1e-3,
        );
        expect(tokenOf(motion, sample, token).every((value) => value === 0)).to.equal(true);
      }
    }
  });

  it('is half the blend and half what motion makes in a gap, where motion is asked for', () => {
    const { plans, clipOf, guess } = guessOf('gap:2', 'motion');
    const blend = guessOf('gap:2');
    for (const [sample, plan] of plans.entries()) {
      expect(hiddenFrames(plan)).to.deep.equal([1, 2]);
      const [moved = []] = onCpu(() => {
        const clip = tf.div(tf.tensor(clipOf(sample), [4, 1, 16, 16, 3], 'float32'), 255);
        const pictures = tf.unstack(tf.transpose(clip, [0, 1, 4, 2, 3]));
        const [before, , , after] = pictures;
        if (before === undefined || after === undefined) throw new Error('a clip has four frames');
        return [
          tf.mul(tf.transpose(compensateMotion(before, after, tf.tensor2d([[1 / 3, 2 / 3]])), [0, 2, 3, 4, 1]), 255),
        ];
      });
      const gap = { ...grid, clip: { ...grid.clip, frames: 2 } };
      for (let token = 0; token < grid.tokens; token++) {
        const plain = blend.guess(sample, token);
        const isBetween = plan.hidden.includes(token);
        const made = isBetween ? readTokens(Float32Array.from(moved), gap, Int32Array.of(token - places)) : plain;
        expectClose(
          guess(sample, token),
          plain.map((value, index) => (value + (made[index] ?? Number.NaN)) / 2),
          1e-3,
        );
      }
    }
  });

  it('takes several gaps at once, and the blend where a gap has but one end', () => {
    const gaps = (hide: string) => {
      const plans = plansOf({ ...smallConv, frames: 8 }, hide, 2, 3);
      return planGuess(plans, planPlane(plans, 'visible', 0).values, 'motion')['between']?.shape;
    };
    expect(gaps('gap:1+gap:1')).to.deep.equal([2, 2, 8]);
    expect(gaps('gap:2')).to.deep.equal([2, 2, 8]);
    expect(gaps('patches:0.5+gap:2')).to.deep.equal([2, 2, 8]);
    // Frame by frame, since two gaps of two frames would be one more than are hidden.
    expect(gaps('gap:1+gap:2')).to.deep.equal([2, 3, 8]);
    for (const hide of ['gap:0-1', 'future:2', 'patches:0.5']) expect(gaps(hide), hide).to.equal(undefined);
  });

  it('has the same shapes for every draw of frames here and there', () => {
    const shapes = Array.from({ length: 40 }, (_, seed) => {
      const plans = plansOf({ ...smallConv, frames: 16 }, 'drop:0.5', 8, seed);
      return planGuess(plans, planPlane(plans, 'visible', 0).values, 'motion')['between']?.shape.join(' × ');
    });
    expect(new Set(shapes)).to.deep.equal(new Set(['8 × 8 × 16']));
  });

  it('is the same for a clip whatever clips are beside it', () => {
    const config = { ...smallConv, frames: 8 };
    const eight = gridOfModel(config);
    const plans = ['gap:1+gap:2', 'gap:3', 'future:2', 'gap:1'].flatMap((hide) => plansOf(config, hide, 1, 3));
    const pixels = noisePixels(config, plans.length, 5);
    const guessOfClips = (first: number, last: number) => {
      const chosen = plans.slice(first, last);
      const inputs = planGuess(chosen, planPlane(chosen, 'visible', 0).values, 'motion');
      const [guess = []] = onCpu(() => {
        const tensors = Object.fromEntries(
          Object.entries(inputs).map(([name, { values, shape, type }]) => [name, tf.tensor(values, [...shape], type)]),
        );
        const clips = tf.div(tf.tensor(pixels, [plans.length, 8, 16, 16, 3], 'float32'), 255);
        const some = tf.slice(clips, [first, 0, 0, 0, 0], [last - first, 8, 16, 16, 3]);
        const parts = guessClip(tubeletsByPlace(some, eight), tensors, eight);
        return [tf.add(parts.mean, parts.motion)];
      });
      return guess;
    };
    const together = guessOfClips(0, plans.length);
    const size = together.length / plans.length;
    for (const sample of plans.keys()) {
      expectClose(together.slice(sample * size, (sample + 1) * size), guessOfClips(sample, sample + 1), 1e-5);
    }
  });

  it('does not look at what is not visible', () => {
    const { plans, clipOf } = guessOf('patches:0.5');
    const [plan] = plans;
    if (plan === undefined) throw new Error('there is no plan');
    const inputs = planGuess([plan], planPlane([plan], 'visible', 0).values, 'blend');
    const guessAs = (clip: Uint8Array) =>
      onCpu(() => {
        const tensors = Object.fromEntries(
          Object.entries(inputs).map(([name, { values, shape, type }]) => [name, tf.tensor(values, [...shape], type)]),
        );
        const clips = tubeletsByPlace(tf.tensor(clip, [1, 4, 16, 16, 3], 'float32'), grid);
        const { mean, motion } = guessClip(clips, tensors, grid);
        return [mean, motion];
      });
    const changed = clipOf(0).slice();
    writeTokens(changed, grid, plan.hidden, new Float32Array(plan.hidden.length * length));
    expect(guessAs(changed)).to.deep.equal(guessAs(clipOf(0)));
  });
});
