import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { drawMeeting, isInRoom, type Room } from '../../lib/worlds/meeting.js';
import { distanceBetween, type Point } from '../../lib/worlds/point.js';

const room: Room = { left: 6, top: 6, right: 58, bottom: 58 };
const contact = 11;
const meetings = Array.from({ length: 50 }, (_, index) =>
  drawMeeting(createRandom(0, 'meeting', index), { room, contact, lengths: [16, 32] }),
);
const instants = Array.from({ length: 201 }, (_, index) => index / 200);

describe('meeting', () => {
  it('stays in the room', () => {
    for (const path of meetings)
      for (const part of instants) for (const body of path(part)) expect(isInRoom(room, body)).to.equal(true);
  });

  it('touches once and never goes through', () => {
    for (const path of meetings) {
      const distances = instants.map((part) => distanceBetween(...path(part)));
      const nearest = Math.min(...distances);
      expect(nearest).to.be.within(contact - 1e-9, contact + 0.5);
      const turn = distances.indexOf(nearest);
      expect(instants[turn]).to.be.within(0.1, 0.9);
      // Nearer and nearer until then, and farther and farther afterwards.
      for (let index = 1; index < distances.length; index++) {
        const grows = (distances[index] ?? 0) > (distances[index - 1] ?? 0);
        if (Math.abs(index - turn) > 1) expect(grows).to.equal(index > turn);
      }
    }
  });

  it('keeps momentum and energy', () => {
    const velocity = (path: (part: number) => readonly [Point, Point], body: 0 | 1, part: number) => {
      const [before, after] = [path(part)[body], path(part + 0.01)[body]];
      return { x: 100 * (after.x - before.x), y: 100 * (after.y - before.y) };
    };
    for (const path of meetings) {
      const [early, late] = [0, 0.98].map((part) => [velocity(path, 0, part), velocity(path, 1, part)] as const);
      const sum = (pair: typeof early, of: (point: Point) => number) => (pair ? of(pair[0]) + of(pair[1]) : NaN);
      for (const of of [({ x }: Point) => x, ({ y }: Point) => y, ({ x, y }: Point) => x * x + y * y]) {
        expect(sum(late, of)).to.be.closeTo(sum(early, of), 1e-6 * (1 + Math.abs(sum(early, of))));
      }
    }
  });

  it('goes as far as it is told', () => {
    for (const path of meetings) {
      for (const body of [0, 1] as const) {
        expect(distanceBetween(path(0)[body], path(0.1)[body]) * 10).to.be.within(16, 32);
      }
    }
  });

  it('says that a room is too small', () => {
    const tiny = { left: 0, top: 0, right: 5, bottom: 5 };
    expect(() => drawMeeting(createRandom(0, 'meeting'), { room: tiny, contact: 20, lengths: [16, 32] })).to.throw(
      RangeError,
      /too small/,
    );
  });
});
