import { expect } from 'chai';
import fc from 'fast-check';
import { averageDecayAt, learningRateAt } from '../../lib/training/schedule.js';

describe('learningRateAt', () => {
  const schedule = { learningRate: 0.5, warmUpSteps: 3 };

  it('rises in equal steps, and the first step moves already', () => {
    const rates = [0, 1, 2, 3, 4].map((step) => learningRateAt(schedule, step, 0));
    expect(rates).to.deep.equal([0.125, 0.25, 0.375, 0.5, 0.5]);
    expect(learningRateAt({ learningRate: 0.5, warmUpSteps: 0 }, 0, 0)).to.equal(0.5);
  });

  it('falls along half a cosine to 0', () => {
    const at = (progress: number) => learningRateAt(schedule, 100, progress);
    expect(at(0.25)).to.be.closeTo(0.25 * (1 + Math.SQRT1_2), 1e-12);
    expect(at(0.5)).to.be.closeTo(0.25, 1e-12);
    expect(at(0.75)).to.be.closeTo(0.25 * (1 - Math.SQRT1_2), 1e-12);
    expect([at(1), at(1.2), at(-1)]).to.deep.equal([0, 0, 0.5]);
    // Both at once in a short run.
    expect(learningRateAt(schedule, 1, 0.5)).to.be.closeTo(0.125, 1e-12);
  });

  it('ends at the least rate, or stays where it is', () => {
    const ends = { ...schedule, minLearningRate: 0.1 };
    const rates = [0, 0.5, 1].map((progress) => learningRateAt(ends, 100, progress));
    for (const [index, rate] of [0.5, 0.3, 0.1].entries()) expect(rates[index]).to.be.closeTo(rate, 1e-12);
    const constant = { ...schedule, schedule: 'constant' as const };
    expect([0, 0.5, 1].map((progress) => learningRateAt(constant, 100, progress))).to.deep.equal([0.5, 0.5, 0.5]);
    expect(learningRateAt(constant, 1, 0.5)).to.equal(0.25);
  });

  it('is never below 0 or above the highest rate', () => {
    const progress = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(100), progress, (step, warmUpSteps, done) => {
        expect(learningRateAt({ learningRate: 0.5, warmUpSteps }, step, done)).to.be.within(0, 0.5);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('averageDecayAt', () => {
  it('lets go of the first values, and then is what was asked for', () => {
    expect([0, 1, 8].map((step) => averageDecayAt(0.9, step))).to.deep.equal([0.1, 2 / 11, 0.5]);
    expect(averageDecayAt(0.9, 79)).to.be.below(0.9);
    expect([80, 81, 10_000].map((step) => averageDecayAt(0.9, step))).to.deep.equal([0.9, 0.9, 0.9]);
    expect(averageDecayAt(0, 5)).to.equal(0);
  });
});
