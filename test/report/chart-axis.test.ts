import { expect } from 'chai';
import fc from 'fast-check';
import { createLinearAxis, createLogarithmicAxis } from '../../lib/report/chart-axis.js';

describe('chart-axis', () => {
  it('places values evenly and ticks at round ones', () => {
    const axis = createLinearAxis(0, 1, 100, 0);
    expect([0, 0.25, 1].map(axis.place)).to.deep.equal([100, 75, 0]);
    expect(axis.ticks.map(({ label }) => label)).to.deep.equal(['0', '0.2', '0.4', '0.6', '0.8', '1']);
    expect(createLinearAxis(1, 2400, 0, 1, 6).ticks.map(({ value }) => value)).to.deep.equal([500, 1000, 1500, 2000]);
  });

  it('places equal factors equally far apart', () => {
    const axis = createLogarithmicAxis(0.001, 10, 0, 4);
    expect(axis.place(0.1)).to.be.closeTo(2, 1e-9);
    expect(axis.ticks.map(({ label }) => label)).to.deep.equal(['0.001', '0.01', '0.1', '1', '10']);
    expect(createLogarithmicAxis(2, 6, 0, 1).ticks.map(({ value }) => value)).to.deep.equal([2, 3, 4, 5, 6]);
  });

  it('has at most a dozen ticks, all inside, for any range', () => {
    const range = fc.tuple(
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(range, ([low, factor]) => {
        for (const axis of [
          createLinearAxis(low, low * factor, 0, 1),
          createLogarithmicAxis(low, low * factor, 0, 1),
        ]) {
          expect(axis.ticks.length).to.be.at.most(14);
          for (const { value } of axis.ticks) expect(axis.place(value)).to.be.within(-1e-6, 1 + 1e-6);
        }
      }),
    );
  });

  it('holds where all values are one', () => {
    expect(createLinearAxis(5, 5, 0, 10).place(5)).to.equal(0);
    expect(createLogarithmicAxis(5, 5, 0, 10).place(5)).to.equal(0);
  });
});
