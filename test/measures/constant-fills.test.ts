import { expect } from 'chai';
import { black, meanTrainingFrame } from '../../lib/measures/constant-fills.js';
import { drawPlan } from './drawn-plan.js';

const plan = drawPlan(['.#', '#-', '##'], 2);
const clip = Uint8Array.from({ length: 12 }, (_, index) => index + 1);

describe('black', () => {
  it('sets each hidden value to 0', async () => {
    const filled = await black.fill(clip, plan, { meanFrame: new Float32Array(4).fill(200) });
    expect([...filled]).to.deep.equal([1, 2, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0]);
  });

  it('needs no mean frame', async () => {
    const filled = await black.fill(clip, plan, { meanFrame: new Float32Array(0) });
    expect(filled[2]).to.equal(0);
  });
});

describe('meanTrainingFrame', () => {
  it('sets each hidden value to that of the mean frame at its place, in every frame', async () => {
    const filled = await meanTrainingFrame.fill(clip, plan, { meanFrame: Float32Array.of(20.5, 30.25, 40, 50) });
    expect([...filled]).to.deep.equal([1, 2, 40, 50, 20.5, 30.25, 7, 8, 20.5, 30.25, 40, 50]);
  });

  it('refuses a mean frame of another shape', () => {
    for (const length of [0, 3, 12]) {
      expect(() => meanTrainingFrame.fill(clip, plan, { meanFrame: new Float32Array(length) })).to.throw(
        RangeError,
        `the mean frame must have 4 values, got ${length}`,
      );
    }
  });
});
