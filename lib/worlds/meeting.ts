// Owns two bodies that meet in a room and rebound: from where they start to where they end. Knows nothing of shapes and pictures.
import { between, type Random } from '../clip/random.js';
import { move, type Point, polar } from './point.js';

/** Where the centres of two bodies may be. */
export type Room = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Whether a centre is inside. */
export function isInRoom({ left, top, right, bottom }: Room, { x, y }: Point): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}

/** Where both are, at a part of the time from 0 to 1. */
export type PairPath = (part: number) => readonly [Point, Point];

/** What a meeting is drawn from. */
export type MeetingOptions = {
  readonly room: Room;
  /** How far the centres are apart where the bodies touch. */
  readonly contact: number;
  /** How far a body goes in the whole time, the least and the most. */
  readonly lengths: readonly [least: number, most: number];
};

/** When they meet, as parts of the time. */
const [earliest, latest] = [0.15, 0.85];

/** Of the least length: how fast they come nearer at least. */
const leastApproach = 1;

const mostTries = 10_000;

/**
 * A place where they touch, and how they come there, evenly in the room among all that stay in it. Bodies of equal mass and without
 * friction exchange what of their velocities points along the line between them.
 * @throws {RangeError} where the room is too small for any.
 */
export function drawMeeting(random: Random, options: MeetingOptions): PairPath {
  const { room, contact, lengths } = options;
  for (let tries = 0; tries < mostTries; tries++) {
    const middle = { x: between(random, room.left, room.right), y: between(random, room.top, room.bottom) };
    const normal = polar(1, 2 * Math.PI * random.uniform());
    const time = between(random, earliest, latest);
    const velocities = [drawVelocity(random, lengths), drawVelocity(random, lengths)] as const;
    const approach = along(velocities[0], normal) - along(velocities[1], normal);
    if (approach < leastApproach * lengths[0]) continue;
    const bodies = velocities.map((velocity, index) => {
      const sign = index === 0 ? -1 : 1;
      const place = move(middle, normal, (sign * contact) / 2);
      return { place, before: velocity, after: move(velocity, normal, sign * approach) };
    });
    const [first, second] = bodies.map(
      ({ place, before, after }) =>
        (part: number): Point =>
          move(place, part < time ? before : after, part - time),
    );
    if (first === undefined || second === undefined) continue;
    const path: PairPath = (part) => [first(part), second(part)];
    // Straight between these instants, and a room has no corners that point inward.
    if ([0, time, 1].every((part) => path(part).every((point) => isInRoom(room, point)))) return path;
  }
  throw new RangeError('the room is too small for two bodies to meet in it');
}

function drawVelocity(random: Random, [least, most]: readonly [number, number]): Point {
  return polar(between(random, least, most), 2 * Math.PI * random.uniform());
}

function along(velocity: Point, normal: Point): number {
  return velocity.x * normal.x + velocity.y * normal.y;
}
