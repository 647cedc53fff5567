import { expect } from 'chai';
import { fillHidden } from '../../lib/measures/fill-hidden.js';
import { drawPlan } from './drawn-plan.js';

describe('fillHidden', () => {
  it('replaces each value of the hidden pixels and no other', () => {
    const plan = drawPlan(['.#/..', '-./#-'], 2);
    const clip = Uint8Array.from({ length: 16 }, (_, index) => index);
    const filled = fillHidden(clip, plan, () => 99);
    expect([...filled]).to.deep.equal([0, 1, 99, 99, 4, 5, 6, 7, 8, 9, 10, 11, 99, 99, 14, 15]);
  });

  it('asks for each value by its frame and its place in it', () => {
    const asked: (readonly number[])[] = [];
    const plan = drawPlan(['.#/..', '../#.', '#./..'], 2);
    const filled = fillHidden(new Uint8Array(24), plan, (frame, index) => {
      asked.push([frame, index]);
      return 10 * frame + index;
    });
    expect(asked).to.have.deep.members([
      [0, 2],
      [0, 3],
      [1, 4],
      [1, 5],
      [2, 0],
      [2, 1],
    ]);
    expect([...filled].filter((value) => value > 0)).to.deep.equal([2, 3, 14, 15, 20, 21]);
  });

  it('rounds nothing, and leaves the clip that it was given as it was', () => {
    const clip = Uint8Array.of(7, 8);
    expect([...fillHidden(clip, drawPlan(['.#']), () => -0.25)]).to.deep.equal([7, -0.25]);
    expect(clip).to.deep.equal(Uint8Array.of(7, 8));
  });

  it('refuses a clip of another shape', () => {
    for (const length of [7, 9]) {
      expect(() => fillHidden(new Uint8Array(length), drawPlan(['.#/..'], 2), () => 0)).to.throw(
        RangeError,
        `a clip must have 8 values, got ${length}`,
      );
    }
  });
});
