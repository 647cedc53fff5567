import { expect } from 'chai';
import { edgeDistances, shapeExtents, shapeKinds } from '../../lib/worlds/drawn-shape.js';

describe('drawn-shape', () => {
  for (const kind of shapeKinds) {
    const distance = edgeDistances[kind];
    const reach = shapeExtents[kind];

    const isHollow = kind === 'ring' || kind === 'frame';
    it(`holds its centre ${isHollow ? 'free of' : 'in'} a ${kind}`, () => {
      expect(distance(0, 0, 10)).to.be[isHollow ? 'above' : 'below'](0);
    });

    it(`reaches with a ${kind} as far as it says, and no farther`, () => {
      const inside: [number, number][] = [];
      for (let x = -1.2; x <= 1.2; x += 0.01) {
        for (let y = -1.2; y <= 1.2; y += 0.01) if (distance(x, y, 1) <= 0) inside.push([x, y]);
      }
      const [right, left] = [Math.max(...inside.map(([x]) => x)), Math.min(...inside.map(([x]) => x))];
      const [bottom, top] = [Math.max(...inside.map(([, y]) => y)), Math.min(...inside.map(([, y]) => y))];
      expect(right).to.be.closeTo(reach.x, 0.02);
      expect(left).to.be.closeTo(-reach.x, 0.02);
      expect(bottom).to.be.closeTo(reach.y, 0.02);
      expect(top).to.be.closeTo(-reach.y, 0.03);
    });

    // A diamond has a corner there.
    if (kind === 'diamond') continue;
    it(`measures in pixels beside a flat or round edge of a ${kind}`, () => {
      expect(distance(0, 10 * reach.y + 3, 10)).to.be.closeTo(3, 1e-9);
    });
  }

  it('measures in pixels beside a side of a diamond', () => {
    expect(edgeDistances.diamond(6, 8, 10)).to.be.closeTo(4 / Math.SQRT2, 1e-9);
  });
});
