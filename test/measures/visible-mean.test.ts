import { expect } from 'chai';
import { meanOfVisible, visibleMean } from '../../lib/measures/visible-mean.js';
import { drawPlan } from './drawn-plan.js';

describe('meanOfVisible', () => {
  it('is the mean over the frames in which a place is visible', () => {
    // The left place is visible in frames 0 and 2, the right one in frame 1; 99 is hidden, 77 unused.
    const plan = drawPlan(['.#', '#.', '.-']);
    expect([...meanOfVisible(Uint8Array.of(10, 99, 99, 7, 21, 77), plan)]).to.deep.equal([15.5, 7]);
  });

  it('is the mean of all visible pixels, for each channel, where a place is never visible', () => {
    const plan = drawPlan(['.#/-.', '.#/##'], 2);
    const visible = { first: [10, 100], second: [30, 104], third: [20, 60] };
    const frames = [...visible.first, 99, 99, 77, 77, ...visible.second, ...visible.third, 99, 99, 99, 99, 99, 99];
    // Red (10 + 30 + 20) / 3, green (100 + 104 + 60) / 3.
    expect([...meanOfVisible(Uint8Array.from(frames), plan)]).to.deep.equal([15, 80, 20, 88, 20, 88, 30, 104]);
  });

  it('is 0 where nothing is visible', () => {
    expect([...meanOfVisible(Uint8Array.of(50, 60), drawPlan(['#-']))]).to.deep.equal([0, 0]);
  });
});

describe('visibleMean', () => {
  it('sets each hidden value to the mean of what is visible at its place', async () => {
    const plan = drawPlan(['.#', '##', '.#', '-.']);
    const filled = await visibleMean.fill(Uint8Array.of(10, 99, 99, 99, 21, 99, 77, 6), plan, {
      meanFrame: new Float32Array(2),
    });
    expect([...filled]).to.deep.equal([10, 6, 15.5, 6, 21, 6, 77, 6]);
  });

  it('refuses a clip of another shape', () => {
    expect(() => visibleMean.fill(new Uint8Array(3), drawPlan(['.#']), { meanFrame: new Float32Array(2) })).to.throw(
      RangeError,
      'a clip must have 2 values, got 3',
    );
  });
});
