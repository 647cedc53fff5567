// Owns the kinds of motion: how each one goes on from a start. Knows nothing of shapes and pictures.
import { between, type Random } from '../clip/random.js';
import type { Room } from './meeting.js';
import { fold, move, type Point, polar } from './point.js';

/** How one body moves: where it is at a part of the time from 0 to 1. At 0 it is at its start. */
export type Path = (part: number) => Point;

/** What a motion goes on from. */
export type MotionStart = {
  readonly start: Point;
  readonly room: Room;
  /** A 64th of the picture's shorter side, pixels: lengths are counted in it. */
  readonly unit: number;
  /** How long all of it takes. */
  readonly seconds: number;
  /** Which of two bodies: the first one shows the motion at its plainest. */
  readonly body: 0 | 1;
};

/** The kinds of motion of bodies that do not touch. */
export const freeMotionKinds = [
  'straight',
  'bounce',
  'gravity',
  'orbit',
  'spring',
  'random-walk',
  'stop-and-go',
] as const;

/** One of {@link freeMotionKinds}. */
export type FreeMotionKind = (typeof freeMotionKinds)[number];

/** Draws a path of each kind; whether it stays in the room is for the caller to see. Nothing where the draw is none of its kind. */
export const freeMotions: {
  readonly [Kind in FreeMotionKind]: (random: Random, from: MotionStart) => Path | undefined;
} = {
  /** At one velocity. */
  straight: (random, { start, unit }) => {
    const velocity = polar(unit * between(random, 16, 32), turn(random));
    return (part) => move(start, velocity, part);
  },

  /** At one speed; walls turn it back as mirrors do. The first body meets one for certain. */
  bounce: (random, { start, room, unit, body }) => {
    const velocity = polar(unit * between(random, 20, 40), turn(random));
    const meets = Math.min(
      partUntil(start.x, velocity.x, room.left, room.right),
      partUntil(start.y, velocity.y, room.top, room.bottom),
    );
    if (body === 0 && (meets < 0.1 || meets > 0.9)) return undefined;
    return (part) => ({
      x: fold(start.x + velocity.x * part, room.left, room.right),
      y: fold(start.y + velocity.y * part, room.top, room.bottom),
    });
  },

  /** Thrown, and pulled down evenly. */
  gravity: (random, { start, unit }) => {
    const fall = unit * between(random, 20, 44);
    const highest = between(random, 0, 0.8);
    const velocity = { x: unit * between(random, -24, 24), y: -2 * fall * highest };
    return (part) => ({ x: start.x + velocity.x * part, y: start.y + velocity.y * part + fall * part ** 2 });
  },

  /** Around a point, at one speed. */
  orbit: (random, { start, unit }) => {
    const [radius, angle] = [unit * between(random, 4, 9), turn(random)];
    const turns = (random.integer(2) === 0 ? -1 : 1) * between(random, 0.8, 1.6);
    const centre = move(start, polar(radius, angle), -1);
    return (part) => move(centre, polar(radius, angle + 2 * Math.PI * turns * part));
  },

  /** To and fro along a line, by a cosine. */
  spring: (random, { start, unit }) => {
    const [reach, direction, phase] = [unit * between(random, 6, 12), turn(random), turn(random)];
    const swings = between(random, 1, 2);
    const anchor = move(start, polar(reach * Math.cos(phase), direction), -1);
    return (part) => move(anchor, polar(reach * Math.cos(phase + 2 * Math.PI * swings * part), direction));
  },

  /** In a new direction every twelfth of a second. */
  'random-walk': (random, { start, unit, seconds }) => {
    const steps = Math.max(1, Math.ceil(12 * seconds));
    const length = (unit * between(random, 20, 40)) / (12 * seconds);
    const knots = [start];
    for (let step = 0; step < steps; step++) knots.push(move(knots[step] ?? start, polar(length, turn(random))));
    return (part) => {
      const place = Math.min(steps, 12 * seconds * part);
      const [from, to] = [knots[Math.floor(place)] ?? start, knots[Math.ceil(place)] ?? start];
      const share = place - Math.floor(place);
      return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    };
  },

  /** Straight on, but for a rest or two. */
  'stop-and-go': (random, { start, unit }) => {
    const length = polar(unit * between(random, 14, 28), turn(random));
    const rests = random.integer(2) === 0 ? [[0.2, 0.4] as const, [0.55, 0.8] as const] : [[0.3, 0.65] as const];
    const resting = rests.map(([begin, end]) => {
      const shift = between(random, -0.1, 0.1);
      return [begin + shift, end + shift] as const;
    });
    const restedBy = (part: number) =>
      resting.reduce((sum, [begin, end]) => sum + Math.min(end - begin, Math.max(0, part - begin)), 0);
    return (part) => move(start, length, (part - restedBy(part)) / (1 - restedBy(1)));
  },
};

/** A direction, evenly. */
function turn(random: Random): number {
  return 2 * Math.PI * random.uniform();
}

/** When a body that goes straight on first meets a wall on its way along one axis, in parts of the time. */
function partUntil(place: number, velocity: number, low: number, high: number): number {
  if (velocity === 0) return Infinity;
  return ((velocity > 0 ? high : low) - place) / velocity;
}
