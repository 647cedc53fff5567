import { expect } from 'chai';
import fc from 'fast-check';
import { copyLast } from '../../lib/measures/copy-last.js';
import { linearBlend } from '../../lib/measures/linear-blend.js';
import { drawPlan, noiseClip } from './drawn-plan.js';

const context = { meanFrame: new Float32Array(0) };

const fillDrawn = async (frames: readonly string[], values: readonly number[], channels = 1) => [
  ...(await linearBlend.fill(Uint8Array.from(values), drawPlan(frames, channels), context)),
];

describe('linearBlend', () => {
  it('goes from the last visible value to the next one in equal steps', async () => {
    expect(await fillDrawn(['.', '#', '#', '#', '.'], [10, 99, 99, 99, 50])).to.deep.equal([10, 20, 30, 40, 50]);
    expect(await fillDrawn(['.', '.', '#', '#', '.'], [5, 90, 99, 99, 0])).to.deep.equal([5, 90, 60, 30, 0]);
    expect(await fillDrawn(['.', '#', '.'], [10, 99, 11])).to.deep.equal([10, 10.5, 11]);
  });

  it('copies the one visible value where there is none on the other side', async () => {
    expect(await fillDrawn(['#', '#', '.', '#', '#'], [99, 99, 30, 99, 99])).to.deep.equal([30, 30, 30, 30, 30]);
  });

  it('takes the mean of all visible pixels where the place is never visible', async () => {
    expect(await fillDrawn(['.#', '.#'], [10, 99, 25, 99])).to.deep.equal([10, 17.5, 25, 17.5]);
  });

  it('looks at each place and each channel by itself', async () => {
    const filled = await fillDrawn(
      ['..', '#.', '.#', '..'],
      [0, 100, 1, 2, 99, 99, 3, 4, 8, 60, 99, 99, 9, 9, 5, 0],
      2,
    );
    expect(filled).to.deep.equal([0, 100, 1, 2, 4, 80, 3, 4, 8, 60, 4, 2, 9, 9, 5, 0]);
  });

  it('passes over unused pixels, which still take their time', async () => {
    expect(await fillDrawn(['.', '#', '-', '#', '.'], [0, 99, 77, 99, 80])).to.deep.equal([0, 20, 77, 60, 80]);
  });

  it('is copy-last where nothing visible follows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer(), async (hidden, seed) => {
        const plan = drawPlan(
          [...Array.from({ length: 6 - hidden }, () => '..'), ...Array.from({ length: hidden }, () => '##')],
          3,
        );
        const clip = noiseClip(plan, seed);
        expect(await linearBlend.fill(clip, plan, context)).to.deep.equal(await copyLast.fill(clip, plan, context));
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('refuses a clip of another shape', () => {
    expect(() => linearBlend.fill(new Uint8Array(1), drawPlan(['.#']), context)).to.throw(
      RangeError,
      'a clip must have 2 values, got 1',
    );
  });
});
