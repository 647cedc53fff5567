import { expect } from 'chai';
import { createLabelledScene, motionKinds } from '../../lib/worlds/labelled-scene.js';
import { shapeExtents, shapeKinds } from '../../lib/worlds/drawn-shape.js';
import { distanceBetween } from '../../lib/worlds/point.js';

const seconds = 16 / 12;
const frames = 16;

/** Places of both shapes in each frame of many videos, in parts of the side: what no classifier of pixels knows better. */
const videos = Array.from({ length: 3200 }, (_, video) => {
  const { path, label } = createLabelledScene({ seed: 4, video, by: 'motion', seconds });
  return { label, places: Array.from({ length: frames }, (__, frame) => path(frame / frames)) };
});

type Pair = (typeof videos)[number]['places'][number];

/** Which shape is which is not seen. */
function distanceOfPairs([a, b]: Pair, [c, d]: Pair): number {
  const square = (one: Pair[0], other: Pair[0]) => (one.x - other.x) ** 2 + (one.y - other.y) ** 2;
  return Math.min(square(a, c) + square(b, d), square(a, d) + square(b, c));
}

/** The share of the last quarter that is told right by the 25 nearest of all others. */
function accuracyOf(distance: (one: readonly Pair[], other: readonly Pair[]) => number, neighbours = 25): number {
  const known = videos.slice(0, (3 * videos.length) / 4);
  const asked = videos.slice(known.length);
  const right = asked.filter(({ places, label }) => {
    const nearest: { readonly label: string; readonly far: number }[] = [];
    for (const other of known) {
      const far = distance(places, other.places);
      const isFull = nearest.length === neighbours;
      if (isFull && far >= (nearest.at(-1)?.far ?? NaN)) continue;
      if (isFull) nearest.pop();
      const after = nearest.findIndex((one) => one.far > far);
      nearest.splice(after < 0 ? nearest.length : after, 0, { label: other.label, far });
    }
    const votes = new Map<string, number>();
    for (const { label: vote } of nearest) votes.set(vote, (votes.get(vote) ?? 0) + 1);
    return [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best))[0] === label;
  });
  return right.length / asked.length;
}

describe('labelled-scene', () => {
  it('tells nothing of the motion by its first frame', () => {
    // Chance is 1 in 8; of 800 videos, three deviations are 0.035.
    expect(accuracyOf(([one], [other]) => (one && other ? distanceOfPairs(one, other) : NaN))).to.be.below(
      0.125 + 0.035,
    );
  });

  it('tells little of the motion by any one frame', () => {
    for (const frame of [5, 8, 12]) {
      const accuracy = accuracyOf((one, other) => {
        const [first, second] = [one[frame], other[frame]];
        return first && second ? distanceOfPairs(first, second) : NaN;
      });
      expect(accuracy, `frame ${frame}`).to.be.below(0.225);
    }
  });

  it('tells the motion by all frames', () => {
    // How each shape goes on from frame to frame, without where it is.
    const steps = (places: readonly Pair[], body: 0 | 1) =>
      places.slice(1).map((pair, index) => {
        const before = places[index]?.[body] ?? pair[body];
        return { x: pair[body].x - before.x, y: pair[body].y - before.y };
      });
    const turns = (places: readonly Pair[]) =>
      ([0, 1] as const).map((body) => {
        const moved = steps(places, body);
        return moved.slice(1).map(({ x, y }, index) => {
          const before = moved[index] ?? { x, y };
          return Math.hypot(x - before.x, y - before.y);
        });
      });
    const far = (one: readonly number[], other: readonly number[]) =>
      one.reduce((sum, value, index) => sum + (value - (other[index] ?? NaN)) ** 2, 0);
    const known = new Map<readonly Pair[], ReturnType<typeof turns>>(
      videos.map(({ places }) => [places, turns(places)]),
    );
    const accuracy = accuracyOf((one, other) => {
      const [[a = [], b = []] = [], [c = [], d = []] = []] = [known.get(one), known.get(other)];
      return Math.min(far(a, c) + far(b, d), far(a, d) + far(b, c));
    }, 5);
    expect(accuracy).to.be.above(0.6);
  });

  it('keeps all shapes inside and apart', () => {
    for (let video = 0; video < 64; video++) {
      const { path, radii, look } = createLabelledScene({ seed: 9, video, by: 'motion', seconds });
      for (let frame = 0; frame < frames; frame++) {
        const pair = path(frame / frames);
        expect(distanceBetween(...pair)).to.be.at.least(radii[0] + radii[1] - 1e-9);
        for (const [body, { x, y }] of pair.entries()) {
          const reach = radii[body as 0 | 1] * shapeExtents[look].x;
          expect(x).to.be.within(reach, 64 - reach);
          expect(y).to.be.within(reach, 64 - reach);
        }
      }
    }
  });

  it('labels by motion whatever the look, and by look whatever the motion, with as many of each class', () => {
    const [byMotion, byLooks] = (['motion', 'looks'] as const).map((by) =>
      Array.from({ length: 160 }, (_, video) => createLabelledScene({ seed: 0, video, by, seconds })),
    );
    for (const [scenes = [], kinds, other] of [
      [byMotion, motionKinds, shapeKinds],
      [byLooks, shapeKinds, motionKinds],
    ] as const) {
      for (const kind of kinds) expect(scenes.filter(({ label }) => label === kind)).to.have.length(20);
      const ofFirst = scenes.filter(({ label }) => label === kinds[0]);
      const free = new Set(ofFirst.map(({ motion, look }) => (kinds === motionKinds ? look : motion)));
      expect(free.size).to.be.at.least(other.length - 2);
    }
  });

  it('is a pure function of its options, frame by frame', () => {
    const draw = (changes: object) =>
      Buffer.concat([...createLabelledScene({ seed: 1, video: 2, by: 'motion', seconds, ...changes }).frames]);
    const scene = createLabelledScene({ seed: 1, video: 2, by: 'motion', seconds });
    expect(Buffer.concat([...scene.frames]).equals(Buffer.concat([...scene.frames]))).to.equal(true);
    expect([...scene.frames]).to.have.length(16);
    expect(draw({}).equals(draw({}))).to.equal(true);
    for (const changes of [{ seed: 2 }, { video: 3 }, { by: 'looks' }, { variation: 'held-out' }]) {
      expect(draw({}).equals(draw(changes)), JSON.stringify(changes)).to.equal(false);
    }
  });

  it('holds out larger shapes and more noise', () => {
    const radii = (variation: 'usual' | 'held-out') =>
      Array.from({ length: 40 }, (_, video) => [
        ...createLabelledScene({ seed: 0, video, by: 'looks', variation, seconds }).radii,
      ]).flat();
    expect(Math.max(...radii('usual'))).to.be.at.most(6);
    expect(Math.min(...radii('held-out'))).to.be.at.least(6);
  });

  it('refuses what is out of range or unknown', () => {
    const right = { seed: 0, video: 0, by: 'motion', seconds } as const;
    expect(() => createLabelledScene({ ...right, size: 8 })).to.throw(RangeError, /size/);
    const misspelt = { ...right, secnds: 1 };
    expect(() => createLabelledScene(misspelt)).to.throw(RangeError, /secnds/);
  });
});
