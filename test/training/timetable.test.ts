import { expect } from 'chai';
import { beginning, type Position } from '../../lib/run/position.js';
import { createTimetable, type Timetable } from '../../lib/training/timetable.js';

const at = (step: number, changes: Partial<Position> = {}): Position => ({ ...beginning, step, ...changes });

/** The steps, from 1, after which it is time. */
const dueSteps = ({ isDue }: Timetable, steps: number) =>
  Array.from({ length: steps }, (_, index) => index + 1).filter((step) => isDue(at(step)));

describe('the timetable', () => {
  const steps = (amount: number, validateEvery: number | null = null, cost = 0) =>
    createTimetable({ duration: { unit: 'steps', amount }, validateEvery }, 7, cost);

  it('ends after so many steps, or epochs of so many', () => {
    expect([0, 5, 10].map((step) => steps(10).progress(at(step)))).to.deep.equal([0, 0.5, 1]);
    expect(steps(10).total(at(3))).to.equal(10);
    const epochs = createTimetable({ duration: { unit: 'epochs', amount: 1.5 }, validateEvery: null }, 6.5, 0);
    expect([epochs.total(at(0)), epochs.progress(at(5))]).to.deep.equal([10, 0.5]);
    const short = createTimetable({ duration: { unit: 'epochs', amount: 0.01 }, validateEvery: null }, 6.5, 0);
    expect(short.total(at(0))).to.equal(1);
  });

  it('measures every so many steps, and at the end of a run that was measured before', () => {
    expect(dueSteps(steps(23, 10), 23)).to.deep.equal([10, 20, 23]);
    expect(dueSteps(steps(20, 10), 20)).to.deep.equal([10, 20]);
    expect(dueSteps(steps(8, 10), 8)).to.deep.equal([]);
  });

  it('measures twenty times by itself, but not more often than every 100 steps', () => {
    expect(dueSteps(steps(99), 99)).to.deep.equal([]);
    expect(dueSteps(steps(250), 250)).to.deep.equal([100, 200, 250]);
    expect(dueSteps(steps(10_000), 10_000)).to.have.length(20);
    // Nor so often that they take more than a 25th of the time.
    expect(dueSteps(steps(900, null, 8.01), 900)).to.deep.equal([201, 402, 603, 804, 900]);
    expect(dueSteps(steps(9, 3, 100), 9)).to.deep.equal([3, 6, 9]);
    // Where nothing is measured there still are checkpoints to go back to.
    expect(dueSteps(steps(250, 0), 250)).to.deep.equal([100, 200, 250]);
  });

  it('goes by the time in a run of so many minutes, and measures so that it takes little of it', () => {
    const minutes = createTimetable({ duration: { unit: 'minutes', amount: 10 }, validateEvery: null }, 7, 0);
    const measured = (elapsedSeconds: number, atSeconds: number, tookSeconds: number) =>
      minutes.isDue(at(5, { elapsedSeconds, validation: { sinceBest: 0, atSeconds, tookSeconds } }));
    expect(minutes.progress(at(5, { elapsedSeconds: 150 }))).to.equal(0.25);
    expect(minutes.total(at(5, { elapsedSeconds: 150 }))).to.equal(20);
    expect([measured(29, 0, 0), measured(30, 0, 0)]).to.deep.equal([false, true]);
    expect([measured(149, 100, 2), measured(150, 100, 2)]).to.deep.equal([false, true]);
    expect([measured(600, 0, 0), measured(600, 599, 2)]).to.deep.equal([false, true]);
    const short = createTimetable({ duration: { unit: 'minutes', amount: 1 }, validateEvery: null }, 7, 0);
    expect([9, 10].map((elapsedSeconds) => short.isDue(at(1, { elapsedSeconds })))).to.deep.equal([false, true]);
    const asked = createTimetable({ duration: { unit: 'minutes', amount: 10 }, validateEvery: 3 }, 7, 0);
    expect(dueSteps(asked, 7)).to.deep.equal([3, 6]);
  });
});
