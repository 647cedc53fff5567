import { expect } from 'chai';
import { averageIn, type LossHistory, watchLosses } from '../../lib/training/divergence.js';

/** Watches one loss after the other; gives the history, and after how many steps the training had diverged. */
function watch(losses: readonly (Readonly<Record<string, number>> | number)[], from?: LossHistory) {
  let history: LossHistory = from ?? { kinds: {}, highSteps: 0 };
  for (const [index, given] of losses.entries()) {
    const { hasDiverged, ...next } = watchLosses(history, typeof given === 'number' ? { 'gap:1': given } : given);
    if (hasDiverged) return { history, divergedAfter: index + 1 };
    history = next;
  }
  return { history, divergedAfter: undefined };
}

const same = (count: number, loss: number) => Array.from({ length: count }, () => loss);

describe('watchLosses', () => {
  const calm = watch(same(20, 1)).history;

  it('says at once that a loss is no number', () => {
    for (const loss of [NaN, Infinity]) expect(watch([0.5, loss]).divergedAfter).to.equal(2);
  });

  it('says that a loss has jumped for ten steps in a row, above four times the mean', () => {
    expect(watch(same(30, 4.1), calm).divergedAfter).to.equal(10);
    expect(watch(same(30, 4), calm).divergedAfter).to.equal(undefined);
    expect(watch([...same(9, 100), 1, ...same(9, 100)], calm).divergedAfter).to.equal(undefined);
  });

  it('leaves losses that have jumped out of the mean', () => {
    const { history } = watch(same(9, 100), calm);
    expect(history).to.deep.equal({ ...calm, highSteps: 9 });
  });

  it('says nothing of a kind of mask before it has had 20 steps', () => {
    const young = watch(same(19, 1)).history;
    expect(watch([1e9], young).history)
      .to.include({ highSteps: 0 })
      .and.have.nested.property('kinds.gap:1.steps', 20);
    expect(watch([1e9], watch([1], young).history).history).to.include({ highSteps: 1 });
  });

  it('holds each kind of mask against its own mean', () => {
    const alternating = Array.from({ length: 100 }, (_, step) =>
      step % 2 === 0 ? { 'gap:1': 1 } : { 'future:2': 50 },
    );
    const { history, divergedAfter } = watch(alternating);
    expect(divergedAfter).to.equal(undefined);
    expect(history.kinds['future:2']).to.deep.equal({ mean: 50, steps: 50 });
    expect(history.kinds['gap:1']).to.deep.equal({ mean: 1, steps: 50 });
    // One that jumps is enough, also where a step hides in several ways.
    const both = Array.from({ length: 10 }, () => ({ 'gap:1': 5, 'future:2': 50 }));
    expect(watch(both, history).divergedAfter).to.equal(10);
  });

  it('follows a loss that falls, however far, and one that rises slowly', () => {
    const falling = Array.from({ length: 300 }, (_, step) => 0.9 ** step);
    expect(watch(falling).divergedAfter).to.equal(undefined);
    const rising = Array.from({ length: 300 }, (_, step) => 1.01 ** step);
    expect(watch(rising).divergedAfter).to.equal(undefined);
  });
});

describe('averageIn', () => {
  it('begins as the plain mean and forgets what is long ago', () => {
    let mean = 0;
    for (const [steps, loss] of [3, 5, 10].entries()) mean = averageIn(mean, steps, loss);
    expect(mean).to.be.closeTo(6, 1e-12);
    for (let steps = 3; steps < 1000; steps++) mean = averageIn(mean, steps, 1);
    expect(mean).to.be.closeTo(1, 1e-6);
  });
});
