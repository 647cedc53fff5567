import { expect } from 'chai';
import { decode } from 'fast-png';
import { encodeStrip } from '../../lib/report/strip.js';

const shape = { frames: 2, height: 2, width: 3, channels: 3 };
const frames = Uint8Array.from({ length: 36 }, (_, index) => index);

describe('strip', () => {
  it('sets frames beside each other and rows below each other, each pixel a square', () => {
    const other = frames.map((value) => value + 100);
    const picture = decode(encodeStrip([{ frames }, { frames: other }], shape, { scale: 2, gap: 1 }));
    expect([picture.width, picture.height, picture.channels]).to.deep.equal([13, 9, 4]);
    const at = (x: number, y: number) => [...picture.data.subarray((y * 13 + x) * 4, (y * 13 + x) * 4 + 4)];
    // Frame 0, row 0, column 0; frame 0, row 1, column 2; frame 1, row 0, column 0.
    for (const [x, y] of [
      [0, 0],
      [1, 1],
    ] as const)
      expect(at(x, y)).to.deep.equal([0, 1, 2, 255]);
    for (const [x, y] of [
      [4, 2],
      [5, 3],
    ] as const)
      expect(at(x, y)).to.deep.equal([15, 16, 17, 255]);
    expect(at(7, 0)).to.deep.equal([18, 19, 20, 255]);
    expect(at(7, 5)).to.deep.equal([118, 119, 120, 255]);
    for (const [x, y] of [
      [6, 0],
      [0, 4],
      [6, 4],
    ] as const)
      expect(at(x, y)[3]).to.equal(0);
  });

  it('hatches what is hidden, and nothing else', () => {
    const large = { frames: 2, height: 8, width: 8, channels: 3 };
    const hidden = new Uint8Array(128).fill(1, 64);
    const white = new Uint8Array(384).fill(255);
    const picture = decode(encodeStrip([{ frames: white, hidden }], large, { scale: 1, gap: 0 }));
    const shown = new Set<string>();
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 16; x++) {
        const pixel = [...picture.data.subarray((y * 16 + x) * 4, (y * 16 + x) * 4 + 4)].join(',');
        if (x < 8) expect(pixel).to.equal('255,255,255,255');
        else shown.add(pixel);
      }
    }
    expect(shown.size).to.equal(2);
    expect(shown.has('255,255,255,255')).to.equal(false);
  });

  it('refuses rows that do not fit', () => {
    expect(() => encodeStrip([], shape)).to.throw(RangeError, 'at least one row');
    expect(() => encodeStrip([{ frames: frames.subarray(1) }], shape)).to.throw(RangeError, 'hold 36 values, got 35');
    expect(() => encodeStrip([{ frames, hidden: frames }], shape)).to.throw(RangeError, 'hold 12 values, got 36');
    expect(() => encodeStrip([{ frames }], shape, { scale: 0 })).to.throw(RangeError, 'scale');
    expect(() => encodeStrip([{ frames }], shape, { gap: 0.5 })).to.throw(RangeError, 'gap');
    expect(() => encodeStrip([{ frames }], { ...shape, channels: 1 })).to.throw(RangeError, 'channels');
  });
});
