// Owns a made world: shapes that move evenly and bounce off the walls, all of it known at every instant. Knows nothing of
// files or of how video is encoded.
import { z } from 'zod';
import { createRandom, type Random } from '../clip/random.js';
import { mixColours, shapeExtents, shapeKinds, type Colour, type ShapeKind } from './drawn-shape.js';
import { drawFrame, paintGradient, type Gradient } from './frame-painter.js';

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
  const kind = shapeKinds[random.integer(shapeKinds.length)] ?? 'disc';
  const background = chooseBackground(random);
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

/** The point of [low, high] that a straight path reaches when the ends are mirrors: a triangle wave. */
function fold(place: number, low: number, high: number): number {
  const span = high - low;
  const phase = (((place - low) % (2 * span)) + 2 * span) % (2 * span);
  return low + (phase <= span ? phase : 2 * span - phase);
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

/** Two dark colours of neighbouring hues, brightness (Rec. 601) 35 to 85 of 255, and a direction. */
function chooseBackground(random: Random): Gradient {
  const hue = random.uniform();
  const direction = random.uniform() * 2 * Math.PI;
  const muted = (offset: number): Colour => {
    const grey = mixColours(hueColour(hue + offset), [128, 128, 128], between(random, 0.55, 0.75));
    const factor = between(random, 35, 85) / brightnessOf(grey);
    return [grey[0] * factor, grey[1] * factor, grey[2] * factor];
  };
  return { from: muted(0), to: muted(between(random, 0.05, 0.2)), direction };
}

/** A saturated colour, lightened until its brightness (Rec. 601) is at least 150 of 255. */
function brightColour(hue: number): Colour {
  const pure = hueColour(hue);
  const share = Math.max(0, (150 - brightnessOf(pure)) / (255 - brightnessOf(pure)));
  return mixColours(pure, [255, 255, 255], share);
}

/** The pure colour of a hue in turns: 0 red, 1/3 green, 2/3 blue. */
function hueColour(hue: number): Colour {
  const channel = (offset: number) => {
    const distance = Math.abs(((((hue - offset) % 1) + 1.5) % 1) - 0.5);
    return 255 * Math.min(1, Math.max(0, 2 - 6 * distance));
  };
  return [channel(0), channel(1 / 3), channel(2 / 3)];
}

/** Rec. 601 luma, 0 to 255. */
function brightnessOf([red, green, blue]: Colour): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.uniform();
}
