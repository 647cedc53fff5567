import { expect } from 'chai';
import { box } from '../../lib/masking/box.js';
import { planHide, smallGrid } from './plan-hide.js';

describe('box', () => {
  it('hides a rectangle in some frames, rounded outward to tubelets', () => {
    // Pixels 3 to 4 across are columns 0 and 1; 4 to 7 down is row 1; frames 3 to 4 are steps 1 and 2.
    expect(Array.from(planHide('box:3,4,2,4@3-4').hidden)).to.deep.equal([16, 17, 28, 29]);
    expect(Array.from(planHide('box:15,11,1,1@7-7').hidden)).to.deep.equal([47]);
  });

  it('reads and writes itself', () => {
    const part = box.parse('16,8,24,32@4-9', 'box:16,8,24,32@4-9');
    expect(part).to.deep.equal({ kind: 'box', x: 16, y: 8, width: 24, height: 32, first: 4, last: 9 });
    expect(box.format(part)).to.equal('box:16,8,24,32@4-9');
  });

  const refused: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'got nothing'],
    ['1,2,3,4', 'the frames after @'],
    ['1,2,3@0-1', 'x,y,width,height'],
    ['1,2,3,4,5@0-1', 'x,y,width,height'],
    ['1,,3,4@0-1', 'x,y,width,height'],
    ['-1,2,3,4@0-1', 'x,y,width,height'],
    ['1,2,3,4@0-1@2-3', 'x,y,width,height'],
    ['1,2,3,4@2', 'the frames after @'],
    ['1,2,0,4@0-1', 'at least 1 pixel, got 0 × 4'],
    ['1,2,3,4@5-1', 'ends before it begins'],
  ];
  for (const [argument, reason] of refused) {
    it(`refuses ${JSON.stringify(argument)}`, () => {
      expect(() => box.parse(argument, 'box')).to.throw(reason);
    });
  }

  it('must lie in the clip', () => {
    const part = { kind: 'box', x: 0, y: 0, width: 16, height: 12, first: 0, last: 7 } as const;
    box.check(part, smallGrid);
    expect(() => box.check({ ...part, x: 1 }, smallGrid)).to.throw('frames of 16 × 12 pixels');
    expect(() => box.check({ ...part, y: 1 }, smallGrid)).to.throw('frames of 16 × 12 pixels');
    expect(() => box.check({ ...part, last: 8 }, smallGrid)).to.throw('frames 0 to 7');
  });
});
