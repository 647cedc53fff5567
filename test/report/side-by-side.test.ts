import { expect } from 'chai';
import { placeSideBySide } from '../../lib/report/side-by-side.js';

const clipOf = (value: number, width = 2) => ({
  shape: { frames: 2, height: 1, width, channels: 3 },
  pixels: new Uint8Array(2 * width * 3).fill(value),
});

describe('side-by-side', () => {
  it('joins clips from left to right with grey between', () => {
    const { shape, pixels } = placeSideBySide([clipOf(1), clipOf(2), clipOf(3)], 1);
    expect(shape).to.deep.equal({ frames: 2, height: 1, width: 8, channels: 3 });
    const row = [1, 1, 128, 2, 2, 128, 3, 3].flatMap((value) => [value, value, value]);
    expect([...pixels]).to.deep.equal([...row, ...row]);
  });

  it('refuses no clips, and clips of several shapes', () => {
    expect(() => placeSideBySide([])).to.throw(RangeError, 'at least one clip');
    expect(() => placeSideBySide([clipOf(1), clipOf(2, 3)])).to.throw(RangeError, 'one shape');
  });
});
