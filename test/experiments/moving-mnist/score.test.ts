// Tests the definition of the figures against what is known of Moving MNIST, and against sums over one channel.
import { expect } from 'chai';
import { digitLength, readDigits } from './digits.js';
import { worlds } from './draw-clip.js';
import { meanFrameOf, scoreTrivialFills } from './score.js';
import { createTestSet } from './test-set.js';

const world = worlds['two digits'];
const tubelet = { frames: 1, size: 4 };
const { signal } = new AbortController();

describe('scores on Moving MNIST', () => {
  it('give the known figures of black, the mean frame and copying', async () => {
    const digits = await readDigits();
    const { clips } = createTestSet(world, digits.test);
    const mean = meanFrameOf(world, digits.train, 1000);
    const sums = { black: 0, mean: 0, copy: 0 };
    for (const clip of clips) {
      for (let index = 10 * 4096; index < 20 * 4096; index++) {
        const value = clip[index] ?? 0;
        const [fromMean, fromLast] = [
          value - (mean[index % 4096] ?? 0),
          value - (clip[9 * 4096 + (index % 4096)] ?? 0),
        ];
        sums.black += value * value;
        sums.mean += fromMean * fromMean;
        sums.copy += fromLast * fromLast;
      }
    }
    const perFrame = (sum: number) => sum / 255 ** 2 / (10 * clips.length);
    // Published test sets have other digits and motions: two in a hundred is what chance gives.
    expect(perFrame(sums.black)).to.be.closeTo(170, 4);
    expect(perFrame(sums.mean)).to.be.closeTo(149, 4);
    expect(perFrame(sums.copy)).to.be.closeTo(284, 7);
  });

  it('are over the one channel of grey clips', async () => {
    const digits = new Uint8Array(digitLength).fill(255);
    const test = createTestSet(world, digits, 3);
    const { black, ...others } = await scoreTrivialFills(test, 'future:10', tubelet, new Float32Array(4096), signal);
    const seen = test.clips.map((clip) => clip.subarray(10 * 4096).filter((value) => value > 0).length);
    expect(black?.mse).to.be.closeTo(seen.reduce((sum, count) => sum + count, 0) / 30, 1e-6);
    expect(black?.mae).to.be.closeTo(black?.mse ?? 0, 1e-9);
    expect(others).to.have.all.keys('mean frame', 'visible mean', 'copy-last', 'linear blend');
    expect(others['mean frame']).to.deep.equal(black);
  });

  it('have motion interpolation where whole frames are missing', async () => {
    const test = createTestSet(world, new Uint8Array(digitLength).fill(255), 2);
    const fills = await scoreTrivialFills(test, 'gap:6', tubelet, new Float32Array(4096), signal);
    expect(fills['motion interpolation']?.mse).to.be.within(1, fills['black']?.mse ?? 0);
  });
});
