import { expect } from 'chai';
import fc from 'fast-check';
import { fileRate, phaseStep } from '../../lib/prediction/phase-step.js';

describe('phaseStep', () => {
  it('is the whole number by which the rates come nearest', () => {
    for (const [file, model, step] of [
      [12, 12, 1],
      [60, 12, 5],
      [24, 12, 2],
      [30, 12, 3],
      [30000 / 1001, 12, 3],
      [25, 12, 2],
      [16, 12, 1],
      [18, 12, 2],
      [5, 12, 1],
      [12, 6, 2],
    ] as const) {
      expect(phaseStep(file, model), `${file} by ${model}`).to.equal(step);
    }
  });

  it('is never further off than either neighbour', () => {
    const off = (ratio: number, step: number) => Math.abs(Math.log(ratio / step));
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 100, noNaN: true }), (ratio) => {
        const step = phaseStep(ratio, 1);
        expect(step).to.satisfy((value: number) => Number.isInteger(value) && value >= 1);
        expect(off(ratio, step)).to.be.at.most(off(ratio, step + 1) + 1e-9);
        if (step > 1) expect(off(ratio, step)).to.be.at.most(off(ratio, step - 1) + 1e-9);
      }),
    );
  });
});

describe('fileRate', () => {
  it('is what the header says, exactly', () => {
    expect(fileRate({ fps: 29.97, durationSeconds: 10 }, 300)).to.equal(30000 / 1001);
    expect(fileRate({ fps: 23.98 }, 300)).to.equal(24000 / 1001);
    expect(fileRate({ fps: 59.94 }, 300)).to.equal(60000 / 1001);
    expect(fileRate({ fps: 25, durationSeconds: 12.1 }, 300)).to.equal(25);
    expect(fileRate({ fps: 1000, durationSeconds: 2 }, 2000)).to.equal(1000);
  });

  it('is that where sound outlasts the picture', () => {
    expect(fileRate({ fps: 30, durationSeconds: 20 }, 300)).to.equal(30);
  });

  it('is what was counted where the header names a clock, too little or nothing', () => {
    expect(fileRate({ fps: 90000, durationSeconds: 2 }, 50)).to.equal(25);
    expect(fileRate({ fps: 12, durationSeconds: 2 }, 40)).to.equal(20);
    expect(fileRate({ durationSeconds: 2 }, 50)).to.equal(25);
    expect(fileRate({ durationSeconds: 0 }, 50)).to.equal(undefined);
    expect(fileRate({ fps: 25, durationSeconds: 0 }, 50)).to.equal(25);
    expect(fileRate({}, 50)).to.equal(undefined);
  });
});
