// Owns a made world: shapes that move evenly and bounce off the walls, all of it known at every instant. Knows nothing of
// files or of how video is encoded.
import { z } from 'zod';
import { between, createRandom, type Random } from '../clip/random.js';
import { chooseGradient, type Gradient, paintGradient } from './background.js';
import { brightColour, type Colour } from './colours.js';
import { plainShapeKinds, shapeExtents, type ShapeKind } from './drawn-shape.js';
import { drawFrame } from './frame-painter.js';
import { fold } from './point.js';

/** The options of {@link createBouncingShapes}. */
export type BouncingShapesOptions = {
  /** With `video` it decides everything that is drawn: a whole number from 0. */
  readonly seed: number;
  /** Which video of the world, from 0. */
  readonly video: number;
  /** Pixels, 16 to 1024; default 64. */
  readonly width?: number;
  /** Pixels, 16 to 1024; default 64. */
  readonly height?: number;
  /** Frames a second, above 0 to 240; default 12. Motion is the same in seconds whatever the rate. */
  readonly fps?: number;
  /** How long, above 0 to 3600. */
  readonly seconds: number;
  /** At most so many shapes in a video, 1 to 3; default 3. */
  readonly mostShapes?: number;
};

/** One shape: where it starts and how it moves. */
export type MovingShape = {
  readonly kind: ShapeKind;
  readonly colour: Colour;
  /** Pixels; what it means for each kind stands with `shapeExtents`. */
  readonly radius: number;
  /** Pixels, of the centre at 0 s. */
  readonly start: { readonly x: number; readonly y: number };
  /** Pixels a second at 0 s. */
  readonly velocity: { readonly x: number; readonly y: number };
};

/** One made video. */
export type BouncingShapes = {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
  /** What all shapes of this video are: its label. */
  readonly kind: ShapeKind;
  /** One to three, in the order in which they are drawn: later ones lie above. */
  readonly shapes: readonly MovingShape[];
  readonly background: Gradient;
  /** How many frames there are. */
  readonly frameCount: number;
  /** The frames, each a new `uint8 [H, W, 3]`; may be gone through again. */
  readonly frames: Iterable<Uint8Array>;
};

const optionsSchema = z.strictObject({
  seed: z.int().nonnegative(),
  video: z.int().nonnegative(),
  width: z.int().min(16).max(1024).default(64),
  height: z.int().min(16).max(1024).default(64),
  fps: z.number().positive().max(240).default(12),
  seconds: z.number().positive().max(3600),
  mostShapes: z.int().min(1).max(3).default(3),
});

/**
 * One video of the world, a pure function of its options: one to `mostShapes` shapes of one kind and of bright colours over a dark
 * calm gradient. At 64 × 64 pixels they have radii of 6 to 11 pixels and run 18 to 48 pixels a second: 1.5 to 4 a frame.
 * @throws {RangeError} where an option is out of range or unknown.
 */
export function createBouncingShapes(options: BouncingShapesOptions): BouncingShapes {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new RangeError(`createBouncingShapes: ${z.prettifyError(parsed.error)}`);
  const { seed, video, width, height, fps, seconds, mostShapes } = parsed.data;
  const random = createRandom(seed, 'bouncing-shapes', video);
  const kind = plainShapeKinds[random.integer(plainShapeKinds.length)] ?? 'disc';
  const background = chooseGradient(random);
  const shapes = chooseShapes(random, kind, mostShapes, width, height);
  const frameCount = Math.max(1, Math.round(seconds * fps));
  function* draw(): Generator<Uint8Array> {
    const canvas = paintGradient(background, width, height);
    for (let frame = 0; frame < frameCount; frame++) {
      const drawn = shapes.map((shape) => ({ ...shape, centre: placeShape(shape, frame / fps, width, height) }));
      yield drawFrame(canvas, drawn, width, height);
    }
  }
  return { width, height, fps, kind, shapes, background, frameCount, frames: { [Symbol.iterator]: draw } };
}

/** Where the centre of a shape is, in pixels, exact at any time: walls turn the motion back as mirrors do. */
export function placeShape(
  shape: MovingShape,
  seconds: number,
  width: number,
  height: number,
): { x: number; y: number } {
  const { start, velocity } = shape;
  const reachX = shape.radius * shapeExtents[shape.kind].x;
  const reachY = shape.radius * shapeExtents[shape.kind].y;
  return {
    x: fold(start.x + velocity.x * seconds, reachX, width - reachX),
    y: fold(start.y + velocity.y * seconds, reachY, height - reachY),
  };
}

function chooseShapes(random: Random, kind: ShapeKind, most: number, width: number, height: number): MovingShape[] {
  const scale = Math.min(width, height) / 64;
  const count = 1 + random.integer(most);
  const firstHue = random.uniform();
  const shapes: MovingShape[] = [];
  for (let index = 0; index < count; index++) {
    const radius = between(random, 6, 11) * scale;
    const direction = random.uniform() * 2 * Math.PI;
    const speed = between(random, 18, 48) * scale;
    shapes.push({
      kind,
      radius,
      colour: brightColour(firstHue + index / count + between(random, -0.05, 0.05)),
      start: chooseStart(random, radius, shapes, width, height),
      velocity: { x: speed * Math.cos(direction), y: speed * Math.sin(direction) },
    });
  }
  return shapes;
}

/** A place clear of the shapes before it if one is found in a few tries. */
function chooseStart(
  random: Random,
  radius: number,
  others: readonly MovingShape[],
  width: number,
  height: number,
): { x: number; y: number } {
  const choose = () => ({ x: between(random, radius, width - radius), y: between(random, radius, height - radius) });
  let start = choose();
  for (let tries = 0; tries < 20; tries++) {
    const { x, y } = start;
    if (others.every((other) => Math.hypot(other.start.x - x, other.start.y - y) > other.radius + radius)) break;
    start = choose();
  }
  return start;
}
