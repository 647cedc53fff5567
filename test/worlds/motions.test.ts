import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { freeMotionKinds, freeMotions, type FreeMotionKind, type Path } from '../../lib/worlds/motions.js';
import { distanceBetween, type Point } from '../../lib/worlds/point.js';

const room = { left: 6, top: 6, right: 58, bottom: 58 };
const start = { x: 30, y: 34 };
const seconds = 4 / 3;

/** Many paths of a kind, whether they stay in the room or not. */
function draw(kind: FreeMotionKind): readonly Path[] {
  return Array.from({ length: 60 }, (_, index) =>
    freeMotions[kind](createRandom(1, kind, index), { start, room, unit: 1, seconds, body: 0 }),
  ).filter((path) => path !== undefined);
}

const at = (path: Path, count: number) => Array.from({ length: count + 1 }, (_, index) => path(index / count));
const step = (points: readonly Point[], index: number): Point => {
  const [from = start, to = start] = [points[index], points[index + 1]];
  return { x: to.x - from.x, y: to.y - from.y };
};
const speed = ({ x, y }: Point) => Math.hypot(x, y);

describe('motions', () => {
  for (const kind of freeMotionKinds) {
    it(`begins ${kind} where it is told`, () => {
      expect(draw(kind)).to.have.length.above(10);
      for (const path of draw(kind)) expect(distanceBetween(path(0), start)).to.be.below(1e-9);
    });
  }

  it('goes straight at one velocity', () => {
    for (const path of draw('straight')) {
      const points = at(path, 16);
      const first = step(points, 0);
      for (let index = 1; index < 16; index++) expect(distanceBetween(step(points, index), first)).to.be.below(1e-9);
      expect(speed(first) * 16).to.be.within(16, 32);
    }
  });

  it('bounces: keeps its speed, and at the wall turns one part of its velocity round', () => {
    for (const path of draw('bounce')) {
      const points = at(path, 400);
      const turned = new Set<string>();
      for (let index = 1; index < 400; index++) {
        const [before, after] = [step(points, index - 1), step(points, index)];
        if (before.x * after.x < 0) turned.add('x');
        if (before.y * after.y < 0) turned.add('y');
      }
      expect(turned.size).to.be.at.least(1);
      for (const { x, y } of points) {
        expect(x).to.be.within(room.left, room.right);
        expect(y).to.be.within(room.top, room.bottom);
      }
      const speeds = points.slice(1).map((_, index) => speed(step(points, index)));
      // At a wall a step is cut.
      expect(speeds.filter((one) => Math.abs(one - (speeds[0] ?? 0)) < 1e-9)).to.have.length.above(390);
    }
  });

  it('falls by the same more in each step, downward', () => {
    for (const path of draw('gravity')) {
      const points = at(path, 16);
      const pulls = Array.from({ length: 15 }, (_, index) => {
        const [before, after] = [step(points, index), step(points, index + 1)];
        return { x: after.x - before.x, y: after.y - before.y };
      });
      for (const { x, y } of pulls) {
        expect(x).to.be.closeTo(0, 1e-9);
        expect(y).to.be.closeTo(pulls[0]?.y ?? NaN, 1e-9);
        expect(y).to.be.above(0);
      }
    }
  });

  it('goes round a point at one speed, always turning the same way', () => {
    for (const path of draw('orbit')) {
      const points = at(path, 64);
      const turns = Array.from({ length: 63 }, (_, index) => {
        const [a, b] = [step(points, index), step(points, index + 1)];
        return a.x * b.y - a.y * b.x;
      });
      expect(new Set(turns.map(Math.sign)).size).to.equal(1);
      const speeds = points.slice(1).map((_, index) => speed(step(points, index)));
      for (const one of speeds) expect(one).to.be.closeTo(speeds[0] ?? NaN, 1e-9);
    }
  });

  it('swings to and fro along a line', () => {
    for (const path of draw('spring')) {
      const points = at(path, 64);
      const line = points.reduce((far, point) =>
        distanceBetween(point, start) > distanceBetween(far, start) ? point : far,
      );
      for (const { x, y } of points) {
        expect((x - start.x) * (line.y - start.y) - (y - start.y) * (line.x - start.x)).to.be.closeTo(0, 1e-6);
      }
      const along = points.map(({ x, y }) => (x - start.x) * (line.x - start.x) + (y - start.y) * (line.y - start.y));
      const reversals = along.filter((_, index) => {
        const [a = 0, b = 0, c = 0] = along.slice(index, index + 3);
        return index + 2 < along.length && (b - a) * (c - b) < 0;
      });
      expect(reversals.length).to.be.within(1, 5);
    }
  });

  it('walks at random: steps of one length in directions that say nothing of each other', () => {
    const cosines: number[] = [];
    for (const path of draw('random-walk')) {
      const points = at(path, 16);
      const steps = Array.from({ length: 16 }, (_, index) => step(points, index));
      const length = speed(steps[0] ?? start);
      for (const one of steps) expect(speed(one)).to.be.closeTo(length, 1e-9);
      for (let index = 1; index < 16; index++) {
        const [a, b] = [steps[index - 1] ?? start, steps[index] ?? start];
        cosines.push((a.x * b.x + a.y * b.y) / length ** 2);
      }
    }
    const mean = cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
    expect(mean).to.be.closeTo(0, 0.1);
  });

  it('stops and goes on along the same line', () => {
    for (const path of draw('stop-and-go')) {
      const points = at(path, 160);
      const speeds = points.slice(1).map((_, index) => speed(step(points, index)));
      const resting = speeds.filter((one) => one < 1e-9).length / speeds.length;
      expect(resting).to.be.within(0.3, 0.5);
      expect(speeds[0]).to.be.above(0);
      expect(speeds.at(-1)).to.be.above(0);
      const end = path(1);
      for (const { x, y } of points) {
        expect((x - start.x) * (end.y - start.y) - (y - start.y) * (end.x - start.x)).to.be.closeTo(0, 1e-6);
      }
    }
  });

  it('moves as far at another scale, counted in units', () => {
    for (const kind of freeMotionKinds) {
      const places = [1, 2].map((unit) => {
        const wide = { left: unit * 6, top: unit * 6, right: unit * 58, bottom: unit * 58 };
        const from = { start: { x: unit * 30, y: unit * 34 }, room: wide, unit, seconds, body: 1 } as const;
        const { x, y } = freeMotions[kind](createRandom(5, kind), from)?.(0.7) ?? { x: NaN, y: NaN };
        return { x: x / unit, y: y / unit };
      });
      expect(distanceBetween(places[0] ?? start, places[1] ?? start)).to.be.below(1e-9);
    }
  });
});
