import { expect } from 'chai';
import { drawnShape, drawPlan } from '../../lib/report/draw-plan.js';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import type { MaskPlan } from '../../lib/masking/mask-plan.js';

/** Two frames of three tokens of 4 × 4: visible, hidden, unused; then hidden, visible, visible. */
const plan: MaskPlan = {
  grid: createTokenGrid({ frames: 2, height: 4, width: 12, channels: 3 }, { frames: 1, size: 4 }),
  visible: Int32Array.of(0, 4, 5),
  hidden: Int32Array.of(1, 3),
  unused: Int32Array.of(2),
};
const scale = 3;

/** The mean brightness of a token, and how far its pixels lie from it. */
function lookAt(drawn: Uint8Array, token: number): { readonly mean: number; readonly spread: number } {
  const { height, width } = drawnShape(plan.grid, scale);
  const side = 4 * scale;
  const greys: number[] = [];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const pixel = (Math.floor(token / 3) * height + y) * width + (token % 3) * side + x;
      const [red = 0, green = 0, blue = 0] = drawn.subarray(pixel * 3, pixel * 3 + 3);
      greys.push(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  const mean = greys.reduce((sum, grey) => sum + grey, 0) / greys.length;
  return { mean, spread: Math.sqrt(greys.reduce((sum, grey) => sum + (grey - mean) ** 2, 0) / greys.length) };
}

describe('drawPlan', () => {
  it('draws each pixel as a square, of the shape that it says', () => {
    expect(drawnShape(plan.grid, scale)).to.deep.equal({ frames: 2, height: 12, width: 36, channels: 3 });
    expect(drawPlan(plan, scale)).to.have.length(2 * 12 * 36 * 3);
  });

  it('tells visible, hidden and unused apart in grey', () => {
    const drawn = drawPlan(plan, scale);
    const [visible, hidden, unused, hiddenNext, visibleNext] = [0, 1, 2, 3, 4].map(
      (token) => lookAt(drawn, token).mean,
    );
    expect(visible).to.be.above(200);
    expect(hidden).to.be.below(80);
    expect(unused).to.be.within(110, 180);
    expect(hiddenNext).to.be.closeTo(hidden ?? NaN, 10);
    expect(visibleNext).to.be.closeTo(visible ?? NaN, 1);
    // Both have marks, by which they are told apart from a picture of the same brightness.
    for (const token of [1, 2]) expect(lookAt(drawn, token).spread).to.be.above(15);
  });

  it('shows the frames where they are visible, and lets them shine through elsewhere', () => {
    const clip = Uint8Array.from({ length: 2 * 4 * 12 * 3 }, (_, index) => (index * 37) % 256);
    const drawn = drawPlan(plan, scale, clip);
    const at = (values: Uint8Array, width: number, x: number, y: number) => [
      ...values.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
    ];
    for (const [x, y] of [
      [0, 0],
      [3, 3],
      [2, 1],
    ] as const) {
      expect(at(drawn, 36, x * scale + 2, y * scale + 1)).to.deep.equal(at(clip, 12, x, y));
    }
    const [black, white] = [0, 255].map((value) => drawPlan(plan, scale, new Uint8Array(clip.length).fill(value)));
    for (const token of [1, 2]) {
      const difference = lookAt(white ?? drawn, token).mean - lookAt(black ?? drawn, token).mean;
      expect(difference).to.be.within(30, 70);
    }
  });
});
