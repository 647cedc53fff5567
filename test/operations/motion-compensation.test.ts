import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { blockMotion, compensateMotion, hasBlocks, sampling } from '../../lib/operations/motion-compensation.js';
import { named, runForOne } from '../../lib/operations/operation.js';
import { drawNumbers } from '../engine/small-model.js';
import { expectClose } from './both-engines.js';
import { drawOperand, onnxEngine, type Operand, type OperandCase, outputOf, referenceEngine } from './operand-case.js';

/** A texture of 0 to 1 that varies within a few pixels, at any place. */
function textureAt(x: number, y: number, channel: number): number {
  return 0.5 + 0.2 * Math.sin(0.7 * x + 0.3 * y + 0.3 * channel) + 0.2 * Math.cos(0.5 * y - 0.4 * x + 0.2 * channel);
}

/** Pictures `[1, C, H, W]` of the texture moved so far to the right and down. */
function moved(right: number, down: number, { channels = 3, height = 32, width = 40 } = {}): Operand {
  const values = Float32Array.from({ length: channels * height * width }, (_, index) => {
    const [x, y] = [index % width, Math.floor(index / width) % height];
    return textureAt(x - right, y - down, Math.floor(index / width / height));
  });
  return { shape: [1, channels, height, width], values };
}

const motionOf = (before: Operand, after: Operand): OperandCase => ({
  operands: { before, after },
  compute: (given) => runForOne(blockMotion, { before: named(given, 'before'), after: named(given, 'after') }),
});

const between = (before: Operand, after: Operand, frames: number): OperandCase => ({
  operands: { before, after },
  compute: (given) => {
    const times = tf.tensor2d([Array.from({ length: frames }, (_, index) => (index + 1) / (frames + 1))]);
    return compensateMotion(named(given, 'before'), named(given, 'after'), times);
  },
});

describe('blockMotion', () => {
  it('finds how far a texture has moved, in halves', async () => {
    for (const [right, down] of [
      [0, 0],
      [4, 0],
      [-2, 6],
      [0, -4],
    ] as const) {
      const size = { height: 48, width: 56 };
      for (const engine of [referenceEngine(), await onnxEngine()]) {
        const motion = await outputOf(motionOf(moved(0, 0, size), moved(right, down, size)), engine);
        expect(motion).to.have.length(2 * 6 * 7);
        // The inner blocks, none of whose neighbours lies at an edge over which something comes in.
        for (const row of [2, 3]) {
          for (const column of [2, 3, 4]) {
            expect(motion[row * 7 + column], `${right}, ${down} to the right`).to.be.closeTo(right / 2, 0.1);
            expect(motion[42 + row * 7 + column], `${right}, ${down} down`).to.be.closeTo(down / 2, 0.1);
          }
        }
      }
    }
  });

  it('says that nothing moves where nothing can be told', async () => {
    const flat = { shape: [1, 1, 16, 16], values: new Float32Array(256).fill(0.3) };
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      for (const value of await outputOf(motionOf(flat, flat), engine)) expect(value).to.be.closeTo(0, 1e-5);
    }
  });

  it('matches large pictures at a smaller size, and still says pixels of the picture', async () => {
    const size = { channels: 1, height: 128, width: 128 };
    const wide = (right: number): Operand => ({
      shape: [1, 1, 128, 128],
      values: Float32Array.from({ length: 128 * 128 }, (_, index) =>
        textureAt(((index % 128) - right) / 2, Math.floor(index / 128) / 2, 0),
      ),
    });
    expect(wide(0).values).to.have.length(size.height * size.width);
    const motion = await outputOf(motionOf(wide(0), wide(8)), await onnxEngine());
    expect(motion).to.have.length(2 * 8 * 8);
    expect(motion[3 * 8 + 4]).to.be.closeTo(4, 0.2);
  });

  it('is the same on both engines', async () => {
    const numbers = (seed: number) => drawOperand([2, 3, 16, 24], seed, 0.1);
    const expected = await outputOf(motionOf(numbers(1), numbers(2)), referenceEngine());
    expectClose(await outputOf(motionOf(numbers(1), numbers(2)), await onnxEngine()), expected, 1e-4, 'motion');
  });
});

describe('sampling', () => {
  const sample = (picture: Operand, at: Operand): OperandCase => ({
    operands: { picture, at },
    compute: (given) => runForOne(sampling, { picture: named(given, 'picture'), at: named(given, 'at') }),
  });

  it('is linear between pixels, and level outside', async () => {
    const picture = { shape: [1, 1, 2, 3], values: Float32Array.of(0, 10, 20, 30, 40, 50) };
    const places = [-1, -1, 1, 1, 0, 0, -0.5, -1, -3, 0, 0, 5];
    const at = { shape: [1, 1, 6, 2], values: Float32Array.from(places) };
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      expectClose(await outputOf(sample(picture, at), engine), [0, 50, 25, 5, 15, 40], 1e-6, 'sampled');
    }
  });

  it('is the same on both engines', async () => {
    const picture = drawOperand([3, 2, 5, 4], 1);
    const at = { shape: [3, 6, 7, 2], values: drawNumbers(3 * 6 * 7 * 2, 2, 0.8) };
    const expected = await outputOf(sample(picture, at), referenceEngine());
    expectClose(await outputOf(sample(picture, at), await onnxEngine()), expected, 1e-5, 'sampled');
  });
});

describe('compensateMotion', () => {
  it('carries a moving texture through the gap', async () => {
    const [frames, height, width] = [3, 32, 40];
    for (const engine of [referenceEngine(), await onnxEngine()]) {
      const made = await outputOf(between(moved(0, 0), moved(4, -2), frames), engine);
      expect(made).to.have.length(3 * frames * height * width);
      for (let frame = 0; frame < frames; frame++) {
        const share = (frame + 1) / (frames + 1);
        const truth = moved(4 * share, -2 * share).values;
        let [error, blend] = [0, 0];
        for (let y = 10; y < height - 10; y++) {
          for (let x = 10; x < width - 10; x++) {
            const at = y * width + x;
            const ends = (1 - share) * (moved(0, 0).values[at] ?? 0) + share * (moved(4, -2).values[at] ?? 0);
            error += ((made[(0 * frames + frame) * height * width + at] ?? 0) - (truth[at] ?? 0)) ** 2;
            blend += (ends - (truth[at] ?? 0)) ** 2;
          }
        }
        expect(error / blend, `frame ${frame}`).to.be.below(0.05);
      }
    }
  });

  it('repeats what stands still', async () => {
    const still = moved(0, 0, { channels: 1, height: 16, width: 16 });
    const made = await outputOf(between(still, still, 2), await onnxEngine());
    expectClose(made, [...still.values, ...still.values], 1e-4, 'frames');
  });

  it('takes whole blocks', () => {
    expect(hasBlocks(64, 72)).to.equal(true);
    expect(hasBlocks(64, 60)).to.equal(false);
    expect(hasBlocks(4, 8)).to.equal(false);
  });
});
