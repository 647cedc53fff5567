import { expect } from 'chai';
import { createBouncingShapes, placeShape } from '../../lib/worlds/bouncing-shapes.js';
import type { Colour } from '../../lib/worlds/colours.js';
import { plainShapeKinds, shapeExtents } from '../../lib/worlds/drawn-shape.js';

const videos = Array.from({ length: 60 }, (_, video) => createBouncingShapes({ seed: 3, video, seconds: 2 }));

describe('bouncing-shapes', () => {
  it('is a pure function of seed and video', () => {
    const draw = (seed: number, video: number) =>
      Buffer.concat([...createBouncingShapes({ seed, video, seconds: 1 }).frames]);
    expect(draw(1, 2).equals(draw(1, 2))).to.equal(true);
    expect(draw(1, 2).equals(draw(2, 2))).to.equal(false);
    expect(draw(1, 2).equals(draw(1, 3))).to.equal(false);
  });

  it('gives as many frames as seconds and rate say, again each time it is asked', () => {
    const scene = createBouncingShapes({ seed: 0, video: 0, width: 48, height: 32, fps: 10, seconds: 1.5 });
    const first = [...scene.frames];
    expect(first).to.have.length(15);
    expect(scene.frameCount).to.equal(15);
    expect(first.every((frame) => frame.length === 48 * 32 * 3)).to.equal(true);
    expect([...scene.frames]).to.deep.equal(first);
  });

  it('keeps every shape inside, whole, for ever', () => {
    for (const { shapes, width, height } of videos) {
      for (const shape of shapes) {
        const reach = shapeExtents[shape.kind];
        for (let seconds = 0; seconds < 60; seconds += 0.31) {
          const { x, y } = placeShape(shape, seconds, width, height);
          expect(x).to.be.within(shape.radius * reach.x - 1e-9, width - shape.radius * reach.x + 1e-9);
          expect(y).to.be.within(shape.radius * reach.y - 1e-9, height - shape.radius * reach.y + 1e-9);
        }
      }
    }
  });

  it('moves at one speed between walls, and turns back from them as a mirror does', () => {
    const shape = {
      kind: 'disc' as const,
      colour: [255, 255, 255] as const,
      radius: 10,
      start: { x: 50, y: 32 },
      velocity: { x: 24, y: 0 },
    };
    const along = [0, 0.125, 1 / 6, 0.25, 1, 2].map((seconds) => placeShape(shape, seconds, 64, 64).x);
    // The wall for the centre is at 54 and at 10.
    const expected = [50, 53, 54, 52, 34, 10];
    along.forEach((x, index) => expect(x).to.be.closeTo(expected[index] ?? NaN, 1e-9));
    expect(placeShape(shape, 2, 64, 64).y).to.equal(32);
  });

  it('moves 1.5 to 4 pixels a frame, and the same in seconds at another rate or scale', () => {
    for (const { shapes, fps } of videos) {
      for (const { velocity, radius } of shapes) {
        expect(Math.hypot(velocity.x, velocity.y) / fps).to.be.within(1.5, 4);
        expect(radius).to.be.within(6, 11);
      }
    }
    const [one, fast, large] = [{}, { fps: 24 }, { width: 128, height: 128 }].map((more) =>
      createBouncingShapes({ seed: 3, video: 0, seconds: 1, ...more }),
    );
    expect(fast?.shapes).to.deep.equal(one?.shapes);
    expect(large?.shapes[0]?.velocity.x).to.be.closeTo(2 * (one?.shapes[0]?.velocity.x ?? NaN), 1e-9);
  });

  it('draws all kinds and counts, one kind a video', () => {
    expect([...new Set(videos.map(({ kind }) => kind))]).to.have.members([...plainShapeKinds]);
    expect([...new Set(videos.map(({ shapes }) => shapes.length))]).to.have.members([1, 2, 3]);
    for (const { kind, shapes } of videos) expect(shapes.every((shape) => shape.kind === kind)).to.equal(true);
  });

  it('sets shapes off from their background', () => {
    const brightness = ([red, green, blue]: Colour) => 0.299 * red + 0.587 * green + 0.114 * blue;
    for (const { shapes, background } of videos) {
      for (const { colour } of shapes) expect(brightness(colour)).to.be.at.least(149.9);
      for (const colour of [background.from, background.to]) {
        expect(brightness(colour)).to.be.within(34.9, 85.1);
        expect(Math.max(...colour)).to.be.at.most(255);
      }
    }
  });

  it('refuses what is out of range or unknown', () => {
    expect(() => createBouncingShapes({ seed: 0, video: 0, seconds: 0 })).to.throw(RangeError, /seconds/);
    expect(() => createBouncingShapes({ seed: 0.5, video: 0, seconds: 1 })).to.throw(RangeError, /seed/);
    const misspelt = { seed: 0, video: 0, seconds: 1, widht: 64 };
    expect(() => createBouncingShapes(misspelt)).to.throw(RangeError, /widht/);
  });

  it('keeps to the number of shapes that is asked for', () => {
    const counts = (mostShapes?: number) =>
      Array.from({ length: 40 }, (_, video) => {
        const most = mostShapes === undefined ? {} : { mostShapes };
        return createBouncingShapes({ seed: 1, video, seconds: 1, ...most }).shapes.length;
      });
    expect(new Set(counts(1))).to.deep.equal(new Set([1]));
    expect(new Set(counts(2))).to.deep.equal(new Set([1, 2]));
    expect(new Set(counts())).to.deep.equal(new Set([1, 2, 3]));
  });
});
