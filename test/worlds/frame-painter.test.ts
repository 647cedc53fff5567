import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { addNoise, drawFrame } from '../../lib/worlds/frame-painter.js';

const [width, height] = [32, 24];
const at = (frame: Uint8Array, x: number, y: number) => [
  ...frame.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const white = [255, 255, 255] as const;

describe('frame-painter', () => {
  it('adds noise of a deviation, and none of 0', () => {
    const frame = new Uint8Array(width * height * 3).fill(100);
    addNoise(frame, 0, createRandom(0, 'noise'));
    expect(new Set(frame)).to.deep.equal(new Set([100]));
    addNoise(frame, 10, createRandom(0, 'noise'));
    const mean = frame.reduce((sum, value) => sum + value, 0) / frame.length;
    const variance = frame.reduce((sum, value) => sum + (value - mean) ** 2, 0) / frame.length;
    expect(mean).to.be.closeTo(100, 1);
    expect(Math.sqrt(variance)).to.be.closeTo(10, 0.6);
  });

  it('cuts noise off at black and white', () => {
    const frame = Uint8Array.from({ length: 3000 }, (_, index) => (index % 2) * 255);
    addNoise(frame, 50, createRandom(1, 'noise'));
    for (const [index, value] of frame.entries()) if (index % 2 === 1) expect(value).to.be.above(30);
    expect(Math.max(...frame.filter((_, index) => index % 2 === 0))).to.be.below(230);
  });

  it('covers as much as the shape’s area, wherever between pixels it lies', () => {
    const black = new Uint8Array(width * height * 3);
    for (const shift of [0, 0.25, 0.5, 0.8]) {
      const centre = { x: 15 + shift, y: 12 + shift / 3 };
      const frame = drawFrame(black, [{ kind: 'disc', colour: white, radius: 7, centre }], width, height);
      const area = frame.reduce((sum, value) => sum + value, 0) / 255 / 3;
      expect(area).to.be.closeTo(Math.PI * 49, 1);
    }
  });

  it('moves the weight of what it draws exactly as the centre moves', () => {
    const black = new Uint8Array(width * height * 3);
    const centreOfWeight = (x: number) => {
      const frame = drawFrame(black, [{ kind: 'disc', colour: white, radius: 6, centre: { x, y: 12 } }], width, height);
      let [sum, weight] = [0, 0];
      for (let pixel = 0; pixel < width * height; pixel++) {
        sum += ((pixel % width) + 0.5) * (frame[pixel * 3] ?? 0);
        weight += frame[pixel * 3] ?? 0;
      }
      return sum / weight;
    };
    for (const x of [10, 10.3, 12.77, 20.5]) expect(centreOfWeight(x)).to.be.closeTo(x, 0.02);
  });

  it('draws later shapes above and leaves the background as it was', () => {
    const background = new Uint8Array(width * height * 3).fill(40);
    const centre = { x: 16, y: 12 };
    const frame = drawFrame(
      background,
      [
        { kind: 'square', colour: [255, 0, 0], radius: 8, centre },
        { kind: 'disc', colour: [0, 255, 0], radius: 4, centre },
      ],
      width,
      height,
    );
    expect(at(frame, 16, 12)).to.deep.equal([0, 255, 0]);
    expect(at(frame, 10, 12)).to.deep.equal([255, 0, 0]);
    expect(at(frame, 2, 2)).to.deep.equal([40, 40, 40]);
    expect(background.every((value) => value === 40)).to.equal(true);
  });

  it('draws what is inside of a shape that reaches over the edge', () => {
    const black = new Uint8Array(width * height * 3);
    const frame = drawFrame(black, [{ kind: 'disc', colour: white, radius: 6, centre: { x: 0, y: 0 } }], width, height);
    expect(at(frame, 0, 0)).to.deep.equal([255, 255, 255]);
    expect(at(frame, 31, 23)).to.deep.equal([0, 0, 0]);
  });
});
