import { expect } from 'chai';
import { paintGradient } from '../../lib/worlds/background.js';

const [width, height] = [32, 24];
const gradient = { from: [0, 50, 100], to: [100, 50, 0], direction: 0 } as const;
const redAt = (frame: Uint8Array, x: number, y: number) => frame[(y * width + x) * 3] ?? NaN;

describe('background', () => {
  it('paints a gradient along its direction alone', () => {
    const frame = paintGradient(gradient, width, height);
    expect(redAt(frame, 0, 0)).to.equal(redAt(frame, 0, 23));
    expect(redAt(frame, 0, 0)).to.be.below(5);
    expect(redAt(frame, 31, 0)).to.be.above(95);
    for (let x = 1; x < width; x++) expect(redAt(frame, x, 0)).to.be.above(redAt(frame, x - 1, 0));
  });

  it('moves as far as it is told, and goes on evenly in its last colour', () => {
    const [still, moved] = [
      paintGradient(gradient, width, height),
      paintGradient(gradient, width, height, { x: 3, y: 5 }),
    ];
    for (let x = 3; x < width; x++) expect(redAt(moved, x, 7)).to.equal(redAt(still, x - 3, 7));
    expect(redAt(moved, 0, 7)).to.equal(0);
  });
});
