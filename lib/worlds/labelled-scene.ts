// Owns the labelled worlds: two shapes, whose class is either how they move or what they are, and nothing else tells it. Knows
// nothing of files or of how video is encoded.
import { z } from 'zod';
import { between, createRandom, type Random } from '../clip/random.js';
import { chooseGradient, type Gradient, paintGradient } from './background.js';
import { brightColour, type Colour } from './colours.js';
import { type ShapeKind, shapeKinds } from './drawn-shape.js';
import { addNoise, drawFrame } from './frame-painter.js';
import { drawMeeting, isInRoom, type PairPath, type Room } from './meeting.js';
import { freeMotionKinds, freeMotions } from './motions.js';
import { distanceBetween, move, type Point } from './point.js';

/** What a label is: how the shapes move, or what they are. */
export const labelledBy = ['motion', 'looks'] as const;

/** The kinds of motion. */
export const motionKinds = [...freeMotionKinds, 'collision'] as const;
/** One of {@link motionKinds}. */
export type MotionKind = (typeof motionKinds)[number];

/** `usual`, or `held-out`: other hues, larger shapes, more noise and a less steady camera than any usual video. */
export const variations = ['usual', 'held-out'] as const;

/** The options of {@link createLabelledScene}. */
export type LabelledSceneOptions = {
  /** With `video`, `by` and `variation` it decides everything that is drawn: a whole number from 0. */
  readonly seed: number;
  /** Which video of the world, from 0; classes take turns. */
  readonly video: number;
  /** What the label is. */
  readonly by: (typeof labelledBy)[number];
  /** Default `usual`. */
  readonly variation?: (typeof variations)[number];
  /** Pixels a side, 32 to 1024; default 64. */
  readonly size?: number;
  /** Frames a second, above 0 to 240; default 12. */
  readonly fps?: number;
  /** How long one motion takes, and the video with it, above 0 to 3600: a clip must be as long to show all of it. */
  readonly seconds: number;
};

/** One made video. */
export type LabelledScene = {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
  /** The class. */
  readonly label: string;
  /** How both shapes move. */
  readonly motion: MotionKind;
  /** What both shapes are. */
  readonly look: ShapeKind;
  /** Radii of the shapes, pixels. */
  readonly radii: readonly [number, number];
  /** Where the centres are, without the camera's shaking. */
  readonly path: PairPath;
  readonly frameCount: number;
  /** The frames, each a new `uint8 [H, W, 3]`; may be gone through again. */
  readonly frames: Iterable<Uint8Array>;
};

/** Pixels a side; in fewer, shapes cannot be told apart. */
export const leastLabelledSize = 32;

const optionsSchema = z.strictObject({
  seed: z.int().nonnegative(),
  video: z.int().nonnegative(),
  by: z.enum(labelledBy),
  variation: z.enum(variations).default('usual'),
  size: z.int().min(leastLabelledSize).max(1024).default(64),
  fps: z.number().positive().max(240).default(12),
  seconds: z.number().positive().max(3600),
});

type Range = readonly [least: number, most: number];

/** What differs from video to video whatever its class, and what only held-out videos have; lengths in 64ths of the side. */
const appearances: {
  readonly [Variation in (typeof variations)[number]]: {
    readonly hue: Range;
    readonly radius: Range;
    readonly noise: Range;
    readonly shake: Range;
  };
} = {
  usual: { hue: [0, 0.7], radius: [4, 6], noise: [0, 6], shake: [0, 0.75] },
  'held-out': { hue: [0.75, 0.95], radius: [6, 7.5], noise: [6, 12], shake: [0.75, 1.5] },
};

/** How far a shape goes in the whole time where it meets the other one, in 64ths of the side. */
const meetingLengths: Range = [16, 32];

/** Centres stay so many times as far apart as where shapes touch. */
const clearance = 1.05;

/** At so many instants of the time it is seen whether shapes are apart and in the room. */
const instants = 48;

/** Most pairs pass each other as near as this, if they can, so that shapes which are near are no sign of a collision. */
const near = { part: 0.9, distance: 1.3, tries: 600 };

/** Draws of a motion that does not fit, before another start is drawn. */
const mostTries = 3000;

/**
 * One video of a labelled world, a pure function of its options. All classes start alike: with two shapes that might meet, so that
 * a first frame says nothing of how they move; and shapes of one video are of one kind, which says nothing of their motion.
 * @throws {RangeError} where an option is out of range or unknown.
 */
export function createLabelledScene(options: LabelledSceneOptions): LabelledScene {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new RangeError(`createLabelledScene: ${z.prettifyError(parsed.error)}`);
  const { seed, video, by, variation, size, fps, seconds } = parsed.data;
  const random = createRandom(seed, `labelled scene ${by} ${variation}`, video);
  const pick = <Kind>(kinds: readonly Kind[], place: number): Kind => kinds[place % kinds.length] as Kind;
  const motion = pick(motionKinds, by === 'motion' ? video : random.integer(motionKinds.length));
  const look = pick(shapeKinds, by === 'looks' ? video : random.integer(shapeKinds.length));

  const unit = size / 64;
  const ranges = appearances[variation];
  const draw = ([least, most]: Range) => between(random, least, most);
  const radii = [unit * draw(ranges.radius), unit * draw(ranges.radius)] as const;
  const colours = [brightColour(draw(ranges.hue)), brightColour(draw(ranges.hue))] as const;
  const background = chooseGradient(random);
  const [noise, shake] = [draw(ranges.noise), unit * draw(ranges.shake)];
  const edge = Math.max(...radii) + shake;
  const room = { left: edge, top: edge, right: size - edge, bottom: size - edge };
  const path = drawPath(random, motion, { room, unit, seconds, contact: radii[0] + radii[1] });

  const frameCount = Math.max(1, Math.round(seconds * fps));
  const paint = { background, colours, look, radii, size, noise, shake };
  function* drawFrames(): Generator<Uint8Array> {
    const own = createRandom(seed, `labelled scene ${by} ${variation} camera`, video);
    for (let frame = 0; frame < frameCount; frame++) yield paintFrame(own, path(frame / (seconds * fps)), paint);
  }
  return {
    ...{ width: size, height: size, fps, motion, look, radii, path, frameCount },
    label: by === 'motion' ? motion : look,
    frames: { [Symbol.iterator]: drawFrames },
  };
}

/** Where both shapes are; the start is drawn before and apart from what they do then. */
function drawPath(
  random: Random,
  motion: MotionKind,
  options: { readonly room: Room; readonly unit: number; readonly seconds: number; readonly contact: number },
): PairPath {
  const { room, unit, seconds, contact } = options;
  const lengths = [meetingLengths[0] * unit, meetingLengths[1] * unit] as const;
  for (;;) {
    const meeting = drawMeeting(random, { room, contact, lengths });
    if (motion === 'collision') return meeting;
    const starts = meeting(0);
    const nearTries = random.uniform() < near.part ? near.tries : 0;
    for (let tries = 0; tries < mostTries; tries++) {
      const [first, second] = ([0, 1] as const).map((body) =>
        freeMotions[motion](random, { start: starts[body], room, unit, seconds, body }),
      );
      if (first === undefined || second === undefined) continue;
      const path: PairPath = (part) => [first(part), second(part)];
      const nearest = nearestOf(path, room) / contact;
      if (nearest >= clearance && (tries >= nearTries || nearest <= near.distance)) return path;
    }
  }
}

/** How near both come to each other after the start; 0 where one leaves the room. */
function nearestOf(path: PairPath, room: Room): number {
  let nearest = Infinity;
  for (let instant = 1; instant <= instants; instant++) {
    const [first, second] = path(instant / instants);
    if (!isInRoom(room, first) || !isInRoom(room, second)) return 0;
    nearest = Math.min(nearest, distanceBetween(first, second));
  }
  return nearest;
}

/** One frame; the camera shakes everything alike. */
function paintFrame(
  random: Random,
  centres: readonly [Point, Point],
  paint: {
    readonly background: Gradient;
    readonly colours: readonly [Colour, Colour];
    readonly look: ShapeKind;
    readonly radii: readonly [number, number];
    readonly size: number;
    readonly noise: number;
    readonly shake: number;
  },
): Uint8Array {
  const { background, colours, look, radii, size, noise, shake } = paint;
  const shift = { x: between(random, -shake, shake), y: between(random, -shake, shake) };
  const shapes = ([0, 1] as const).map((index) => ({
    kind: look,
    colour: colours[index],
    radius: radii[index],
    centre: move(centres[index], shift),
  }));
  const frame = drawFrame(paintGradient(background, size, size, shift), shapes, size, size);
  addNoise(frame, noise, random);
  return frame;
}
