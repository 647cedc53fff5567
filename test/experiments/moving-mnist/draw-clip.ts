// Owns what happens in a clip of Moving MNIST: which digits there are, how they move, what is seen where they overlap. Knows nothing
// of who reads it.
import { type ClipShape, clipLength } from '../../../dist/clip/clip.js';
import { createRandom, type Random } from '../../../dist/clip/random.js';
import { type Digits, digitLength, digitSize } from './digits.js';

/** What is drawn. */
export type World = {
  /** Digits in a clip. */
  readonly objects: number;
  /** 1: grey; 3: each digit has a colour of its own. */
  readonly channels: 1 | 3;
};

/** The worlds by name: the standard one (Srivastava et al. 2015, section 4.1), one with a single digit, and a harder one in colour. */
export const worlds = {
  'one digit': { objects: 1, channels: 1 },
  'two digits': { objects: 2, channels: 1 },
  'three coloured digits': { objects: 3, channels: 3 },
} as const satisfies Readonly<Record<string, World>>;

/** The name of a world. */
export type WorldName = keyof typeof worlds;

/** 10 frames that are given and 10 that follow. */
const frames = 20;
/** Pixels a side. */
const size = 64;
/** How far a digit moves from frame to frame, as a part of the room that it has. */
const stepLength = 0.1;

/** `[T, H, W, C]` of a world's clips. */
export function clipShapeOfWorld({ channels }: World): ClipShape {
  return { frames, height: size, width: size, channels };
}

/** Which clip: each (seed, purpose, row) is another, and always the same. */
export type ClipKey = { readonly seed: number; readonly purpose: string; readonly row: number };

/** What a clip shows of each object. */
export type DrawnObject = {
  /** Its place among the digits. */
  readonly digit: number;
  /** The way that it sets out, radians from 0 to 2π, clockwise from the right. */
  readonly angle: number;
};

/**
 * Draws a clip, `uint8 [T, H, W, C]`, into memory of that length. Digits are drawn evenly; so are where each one starts and its
 * direction. It moves by a step before each frame, and a wall turns it back. Where digits overlap, the brighter value is seen.
 */
export function drawClip(world: World, digits: Digits, key: ClipKey, into: Uint8Array): readonly DrawnObject[] {
  const { objects, channels } = world;
  if (into.length !== clipLength(clipShapeOfWorld(world))) throw new RangeError(`a clip has not ${into.length} bytes`);
  const random = createRandom(key.seed, key.purpose, key.row);
  const drawn: DrawnObject[] = [];
  into.fill(0);
  for (let object = 0; object < objects; object++) {
    const place = random.integer(digits.length / digitLength);
    const digit = digits.subarray(place * digitLength, (place + 1) * digitLength);
    const { corners, angle } = walk(random);
    drawn.push({ digit: place, angle });
    const colour = channels === 1 ? [1] : drawColour(random);
    for (const [channel, share] of colour.entries()) {
      const layer = share === 1 ? digit : digit.map((value) => Math.round(share * value));
      for (let frame = 0; frame < frames; frame++) {
        const [x, y] = [corners[2 * frame] ?? 0, corners[2 * frame + 1] ?? 0];
        stamp(layer, into, ((frame * size + y) * size + x) * channels + channel, channels);
      }
    }
  }
  return drawn;
}

/** The upper left corner in each frame, `int32 [T, 2]`, x before y: whole pixels, rounded down; and the way that it sets out. */
function walk(random: Random): { readonly corners: Int32Array; readonly angle: number } {
  const room = size - digitSize;
  const place = [random.uniform(), random.uniform()];
  const angle = random.uniform() * 2 * Math.PI;
  const velocity = [Math.cos(angle), Math.sin(angle)];
  const corners = Int32Array.from({ length: 2 * frames }, (_, index) => {
    const axis = index % 2;
    let moved = (place[axis] ?? 0) + stepLength * (velocity[axis] ?? 0);
    if (moved <= 0 || moved >= 1) {
      // It comes to rest at the wall for this frame, as in the generators that published figures were made with.
      moved = moved <= 0 ? 0 : 1;
      velocity[axis] = -(velocity[axis] ?? 0);
    }
    place[axis] = moved;
    return Math.trunc(room * moved);
  });
  return { corners, angle };
}

/** Puts a digit on a frame where it is brighter than what is there; `start` is its first value. */
function stamp(digit: Uint8Array, into: Uint8Array, start: number, channels: number): void {
  for (let row = 0, source = 0; row < digitSize; row++) {
    let target = start + row * size * channels;
    for (let column = 0; column < digitSize; column++, source++, target += channels) {
      const value = digit[source] ?? 0;
      if (value > (into[target] ?? 0)) into[target] = value;
    }
  }
}

/** Shares of red, green and blue in [0, 1], the largest of which is 1. */
function drawColour(random: Random): readonly number[] {
  const shares = [random.uniform(), random.uniform(), random.uniform()];
  const largest = Math.max(...shares, Number.MIN_VALUE);
  return shares.map((share) => share / largest);
}
