import { expect } from 'chai';
import { countParts } from '../../lib/engine/count-parts.js';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';

const engineOf = (sideBySide: number) => ({ ...createEagerEngine('cpu'), sideBySide });
const layoutOf = (millions: number) => layOutParameters([{ name: 'w', shape: [millions, 1_000_000], decay: true }]);

describe('countParts', () => {
  it('is the number of equal parts that leaves the fewest threads idle', () => {
    for (const [threads, batch, parts] of [
      ...([
        [1, 16, 1],
        [2, 16, 2],
        [2, 15, 1],
        [2, 1, 1],
        [16, 4, 4],
        [16, 16, 16],
      ] as const),
      // Two parts on three threads each, where four would leave two idle; and all on one batch of odd threads.
      ...([
        [6, 16, 2],
        [12, 16, 4],
        [3, 16, 1],
        [3, 9, 3],
      ] as const),
    ]) {
      expect(countParts(engineOf(threads), layoutOf(1), batch), `${batch} clips on ${threads}`).to.equal(parts);
    }
  });

  it('leaves whole what needs more than 64 MiB for a copy of parameters and gradients', () => {
    expect([1, 8, 9].map((millions) => countParts(engineOf(8), layoutOf(millions), 16))).to.deep.equal([8, 8, 1]);
  });

  it('copies no more than 512 MiB for all parts', () => {
    expect([1, 8].map((millions) => countParts(engineOf(64), layoutOf(millions), 64))).to.deep.equal([64, 8]);
  });

  it('takes a network without parameters', () => {
    expect(countParts(engineOf(2), layOutParameters([]), 4)).to.equal(2);
  });
});
