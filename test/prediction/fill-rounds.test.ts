import { expect } from 'chai';
import fc from 'fast-check';
import { type FillSchedule, planRounds, type ScheduleOptions } from '../../lib/prediction/fill-rounds.js';

const plan = (options: Partial<ScheduleOptions>): FillSchedule =>
  planRounds({
    ...{ frames: 60, step: 1, clipFrames: 8, tubeletFrames: 1, reach: { future: 3, gap: 3 }, mostHeld: Infinity },
    ...{ isNamed: () => false, isDrawn: () => false, ...options },
  });
const between = (first: number, last: number) => (frame: number) => frame >= first && frame <= last;
/** Each round's windows: the frames that it sees and, of them, those that it fills in. */
const describeRounds = ({ rounds }: FillSchedule) =>
  rounds.map((windows) =>
    windows.map(({ frames, filled }) => ({
      sees: [frames[0], frames.at(-1)],
      fills: filled.map((place) => frames[place]),
    })),
  );

describe('planRounds', () => {
  it('puts a gap in the middle of one window', () => {
    const schedule = plan({ isNamed: between(20, 22) });
    expect(describeRounds(schedule)).to.deep.equal([[{ sees: [18, 25], fills: [20, 21, 22] }]]);
    expect(schedule.passes).to.equal(1);
    expect(describeRounds(plan({ isNamed: between(1, 2) }))).to.deep.equal([[{ sees: [0, 7], fills: [1, 2] }]]);
    expect(describeRounds(plan({ isNamed: between(57, 58) }))).to.deep.equal([[{ sees: [52, 59], fills: [57, 58] }]]);
  });

  it('fills a longer gap in from both sides, backwards from its end', () => {
    const schedule = plan({ isNamed: between(20, 30) });
    expect(schedule.passes).to.equal(3);
    expect(describeRounds(schedule)).to.deep.equal([
      [
        { sees: [15, 22], fills: [20, 21, 22] },
        { sees: [35, 28], fills: [28, 29, 30] },
      ],
      [
        { sees: [16, 23], fills: [23] },
        { sees: [34, 27], fills: [27] },
      ],
      [{ sees: [22, 29], fills: [24, 25, 26] }],
    ]);
  });

  it('goes on beyond the end, and backwards before the begin, as far as the model reaches at once', () => {
    expect(describeRounds(plan({ isNamed: between(55, 59) }))).to.deep.equal([
      [{ sees: [50, 57], fills: [55, 56, 57] }],
      [{ sees: [52, 59], fills: [58, 59] }],
    ]);
    expect(describeRounds(plan({ isNamed: between(0, 3) }))).to.deep.equal([
      [{ sees: [8, 1], fills: [1, 2, 3] }],
      [{ sees: [7, 0], fills: [0] }],
    ]);
  });

  it('fills each phase in by itself', () => {
    const { rounds, passes } = plan({ step: 5, isNamed: between(20, 26) });
    expect(passes).to.equal(1);
    expect(rounds).to.have.length(1);
    for (const { frames, filled } of rounds[0] ?? []) {
      const phase = (frames[0] ?? NaN) % 5;
      expect(
        [...frames].every((frame, index) => frame % 5 === phase && frame === (frames[0] ?? NaN) + 5 * index),
      ).to.equal(true);
      expect(filled.map((place) => frames[place])).to.deep.equal(
        [20, 21, 22, 23, 24, 25, 26].filter((frame) => frame % 5 === phase),
      );
    }
  });

  it('begins with all of a window where a box is never absent, and holds no gap that is too long', () => {
    expect(describeRounds(plan({ frames: 12, isNamed: () => true }))).to.deep.equal([
      [{ sees: [0, 7], fills: [0, 1, 2, 3, 4, 5, 6, 7] }],
      [{ sees: [3, 10], fills: [8, 9, 10] }],
      [{ sees: [4, 11], fills: [11] }],
    ]);
    expect(describeRounds(plan({ isNamed: between(20, 27), mostHeld: 7 }))).to.deep.equal([
      [{ sees: [15, 22], fills: [20, 21, 22] }],
      [{ sees: [17, 24], fills: [23, 24] }],
      [{ sees: [23, 30], fills: [25, 26, 27] }],
    ]);
  });

  it('lets a gap begin with a tubelet', () => {
    const schedule = plan({ tubeletFrames: 2, reach: { future: 4, gap: 4 }, isNamed: between(21, 24) });
    expect(describeRounds(schedule)).to.deep.equal([[{ sees: [19, 26], fills: [21, 22, 23, 24] }]]);
  });

  it('takes windows one after the other for what is drawn, but not for what is named', () => {
    expect(describeRounds(plan({ frames: 18, isDrawn: () => true, isNamed: between(9, 9) }))).to.deep.equal([
      [{ sees: [0, 7], fills: [0, 1, 2, 3, 4, 5, 6, 7] }],
      [{ sees: [8, 15], fills: [8, 10, 11, 12, 13, 14, 15] }],
      [{ sees: [6, 13], fills: [9] }],
      [{ sees: [10, 17], fills: [16, 17] }],
    ]);
  });

  it('fills each hidden frame in once, by windows of one phase that lie in the file, for any file', () => {
    const runs = fc.array(fc.tuple(fc.nat(99), fc.nat(30)), { maxLength: 4 });
    fc.assert(
      fc.property(
        runs,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 6 }),
        fc.boolean(),
        fc.constantFrom(1, 2, 4),
        (spans, step, future, gap, drawn, tubeletFrames) => {
          const isNamed = (frame: number) => spans.some(([first, length]) => frame >= first && frame <= first + length);
          const { rounds } = plan({
            ...{ frames: 100, step, tubeletFrames, reach: { future, gap } },
            isNamed,
            isDrawn: () => drawn,
          });
          const times = new Uint8Array(100);
          for (const { frames, filled } of rounds.flat()) {
            const apart = [...frames].slice(1).map((frame, index) => frame - (frames[index] ?? NaN));
            expect(new Set(apart.map(Math.abs))).to.deep.equal(new Set([step]));
            expect(Math.min(...frames)).to.be.at.least(0);
            expect(Math.max(...frames)).to.be.below(100);
            for (const place of filled) times[frames[place] ?? NaN] = (times[frames[place] ?? NaN] ?? NaN) + 1;
          }
          expect([...times]).to.deep.equal([...times.keys()].map((frame) => (drawn || isNamed(frame) ? 1 : 0)));
        },
      ),
    );
  });
});
