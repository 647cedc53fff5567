import { expect } from 'chai';
import { distanceBetween, fold, move, polar } from '../../lib/worlds/point.js';

describe('point', () => {
  it('moves by a step, and by a part of one', () => {
    expect(move({ x: 1, y: 2 }, { x: 10, y: -4 })).to.deep.equal({ x: 11, y: -2 });
    expect(move({ x: 1, y: 2 }, { x: 10, y: -4 }, -0.5)).to.deep.equal({ x: -4, y: 4 });
  });

  it('turns from x to y', () => {
    const { x, y } = polar(3, Math.PI / 2);
    expect(x).to.be.closeTo(0, 1e-12);
    expect(y).to.equal(3);
  });

  it('measures', () => {
    expect(distanceBetween({ x: 1, y: 1 }, { x: 4, y: 5 })).to.equal(5);
  });

  it('folds a line between mirrors', () => {
    expect([-6, 0, 1, 4, 6, 8, 9, 14].map((place) => fold(place, 1, 5))).to.deep.equal([2, 2, 1, 4, 4, 2, 1, 4]);
  });
});
