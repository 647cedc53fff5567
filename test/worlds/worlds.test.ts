import { expect } from 'chai';
import { createBouncingShapes } from '../../lib/worlds/bouncing-shapes.js';
import { createLabelledScene } from '../../lib/worlds/labelled-scene.js';
import { createScene, worldNames } from '../../lib/worlds/worlds.js';

const options = { seed: 3, video: 5, size: 48, fps: 10, seconds: 3, isHeldOut: false, mostShapes: 2 };

describe('worlds', () => {
  for (const world of worldNames) {
    it(`draws ${world} of the size and the length that is asked for`, () => {
      const scene = createScene(world, options);
      expect([scene.width, scene.height, scene.fps]).to.deep.equal([48, 48, 10]);
      const frames = [...scene.frames];
      expect(frames.map(({ length }) => length)).to.deep.equal(new Array(30).fill(48 * 48 * 3));
    });
  }

  it('says what is true of each', () => {
    const [bouncing, motions, looks] = worldNames.map((world) => createScene(world, options));
    const { kind, shapes } = createBouncingShapes({
      seed: 3,
      video: 5,
      width: 48,
      height: 48,
      fps: 10,
      seconds: 3,
      mostShapes: 2,
    });
    expect(bouncing?.label).to.equal(kind);
    expect(bouncing?.facts['shapes']).to.equal(String(shapes.length));
    for (const [scene, by] of [
      [motions, 'motion'],
      [looks, 'looks'],
    ] as const) {
      const { label, motion, look } = createLabelledScene({ seed: 3, video: 5, by, size: 48, fps: 10, seconds: 3 });
      expect([scene?.label, scene?.facts]).to.deep.equal([label, { motion, look }]);
    }
  });
});
