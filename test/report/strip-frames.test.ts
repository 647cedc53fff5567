import { expect } from 'chai';
import { chooseStripFrames, mostStripFrames, stripCell } from '../../lib/report/strip-frames.js';

describe('chooseStripFrames', () => {
  it('takes all frames of a short video', () => {
    expect(chooseStripFrames(16, () => false)).to.deep.equal([...Array(16).keys()]);
  });

  it('takes what is hidden and a quarter as many frames on each side', () => {
    const hidden = (frame: number) => (frame >= 50 && frame < 58) || frame === 0;
    expect(chooseStripFrames(100, hidden)).to.deep.equal([
      0,
      1,
      ...Array.from({ length: 12 }, (_, index) => 48 + index),
    ]);
  });

  it('chooses evenly where there are more than fit', () => {
    const chosen = chooseStripFrames(3000, (frame) => frame >= 1000 && frame < 2000);
    expect(chosen).to.have.length(mostStripFrames);
    const apart = chosen.slice(1).map((frame, index) => frame - (chosen[index] ?? NaN));
    expect(Math.max(...apart) - Math.min(...apart)).to.be.at.most(1);
    expect(chosen[0]).to.be.within(750, 850);
    expect(chosen.at(-1)).to.be.within(2150, 2250);
  });
});

describe('stripCell', () => {
  it('draws a picture as it is, and small ones twice as large', () => {
    const picture = Uint8Array.from({ length: 128 * 96 * 3 }, (_, index) => index % 251);
    const cell = stripCell({ width: 128, height: 96 });
    expect(cell).to.deep.include({ width: 128, height: 96, scale: 2 });
    expect(cell.draw(picture)).to.deep.equal(picture);
    expect(stripCell({ width: 320, height: 200 }).scale).to.equal(1);
  });

  it('draws a large one smaller, and its mask alike', () => {
    const [width, height] = [960, 540];
    const cell = stripCell({ width, height });
    expect(cell).to.deep.include({ width: 320, height: 180, scale: 1 });
    const isLeft = (pixel: number) => pixel % width < width / 2;
    const picture = Uint8Array.from({ length: width * height * 3 }, (_, at) => (isLeft(Math.floor(at / 3)) ? 200 : 40));
    const mask = Uint8Array.from({ length: width * height }, (_, pixel) => (isLeft(pixel) ? 1 : 0));
    const [small, smallMask] = [cell.draw(picture), cell.drawMask(mask)];
    for (const [x, value] of [
      [0, 200],
      [158, 200],
      [161, 40],
      [319, 40],
    ] as const) {
      expect(small[(90 * 320 + x) * 3], `column ${x}`).to.equal(value);
      expect(smallMask[90 * 320 + x], `column ${x}`).to.equal(value === 200 ? 1 : 0);
    }
    expect([small.length, smallMask.length]).to.deep.equal([320 * 180 * 3, 320 * 180]);
  });
});
