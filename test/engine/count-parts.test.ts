import { expect } from 'chai';
import { countParts } from '../../lib/engine/count-parts.js';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';

const engineOf = (sideBySide: number) => ({ ...createEagerEngine('cpu'), sideBySide });
const layoutOf = (millions: number) => layOutParameters([{ name: 'w', shape: [millions, 1_000_000], decay: true }]);

describe('countParts', () => {
  it('is the largest number of equal parts that the engine runs side by side', () => {
    const counts = [
      ...[countParts(engineOf(1), layoutOf(1), 16), countParts(engineOf(2), layoutOf(1), 16)],
      ...[countParts(engineOf(2), layoutOf(1), 15), countParts(engineOf(6), layoutOf(1), 16)],
      ...[countParts(engineOf(16), layoutOf(1), 4), countParts(engineOf(2), layoutOf(1), 1)],
    ];
    expect(counts).to.deep.equal([1, 2, 1, 4, 4, 1]);
  });

  it('leaves whole what needs more than 64 MiB for a copy of parameters and gradients', () => {
    expect([1, 8, 9].map((millions) => countParts(engineOf(8), layoutOf(millions), 16))).to.deep.equal([8, 8, 1]);
  });

  it('takes a network without parameters', () => {
    expect(countParts(engineOf(2), layOutParameters([]), 4)).to.equal(2);
  });
});
