import { expect } from 'chai';
import { copyLast } from '../../lib/measures/copy-last.js';
import { drawPlan } from './drawn-plan.js';

const context = { meanFrame: new Float32Array(0) };

/** What is made of a clip of one grey pixel a frame, or one a place. */
const fillDrawn = async (frames: readonly string[], values: readonly number[], channels = 1) => [
  ...(await copyLast.fill(Uint8Array.from(values), drawPlan(frames, channels), context)),
];

describe('copyLast', () => {
  it('repeats the last visible value', async () => {
    expect(await fillDrawn(['.', '#', '#', '.', '#'], [10, 99, 99, 40, 99])).to.deep.equal([10, 10, 10, 40, 40]);
  });

  it('takes the next visible value where there is none before', async () => {
    expect(await fillDrawn(['#', '#', '.', '.', '#'], [99, 99, 30, 40, 99])).to.deep.equal([30, 30, 30, 40, 40]);
  });

  it('takes the mean of all visible pixels where the place is never visible', async () => {
    expect(await fillDrawn(['.#', '.#'], [10, 99, 25, 99])).to.deep.equal([10, 17.5, 25, 17.5]);
  });

  it('looks at each place and each channel by itself', async () => {
    const filled = await fillDrawn(['..', '#.', '##'], [1, 2, 3, 4, 99, 99, 5, 6, 99, 99, 99, 99], 2);
    expect(filled).to.deep.equal([1, 2, 3, 4, 1, 2, 5, 6, 1, 2, 5, 6]);
  });

  it('passes over unused pixels', async () => {
    expect(await fillDrawn(['.', '-', '#'], [10, 77, 99])).to.deep.equal([10, 77, 10]);
    expect(await fillDrawn(['#', '-', '.'], [99, 77, 30])).to.deep.equal([30, 77, 30]);
  });

  it('refuses a clip of another shape', () => {
    expect(() => copyLast.fill(new Uint8Array(1), drawPlan(['.#']), context)).to.throw(
      RangeError,
      'a clip must have 2 values, got 1',
    );
  });
});
