// Owns a made world in which something happens once that nothing foretells: a cut, a shape that stops, or one that turns back where
// there is no wall. Knows nothing of files or of how video is encoded.
import { z } from 'zod';
import { between, createRandom } from '../clip/random.js';
import { paintGradient } from './background.js';
import { type BouncingShapes, createBouncingShapes, placeShape } from './bouncing-shapes.js';
import { drawFrame } from './frame-painter.js';

/** What happens. */
export const surpriseKinds = ['cut', 'stop', 'turn'] as const;
/** One of {@link surpriseKinds}. */
export type SurpriseKind = (typeof surpriseKinds)[number];

/** The options of {@link createSurprisingScene}. */
export type SurprisingSceneOptions = {
  /** With `video` it decides everything that is drawn: a whole number from 0. */
  readonly seed: number;
  /** Which video of the world, from 0; what happens takes turns. */
  readonly video: number;
  /** Pixels a side, 16 to 1024; default 64. */
  readonly size?: number;
  /** Frames a second, above 0 to 240; default 12. */
  readonly fps?: number;
  /** How long, 3 to 3600. */
  readonly seconds: number;
};

/** One made video. */
export type SurprisingScene = {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
  /** What happens. */
  readonly label: SurpriseKind;
  /** When: the time of the first frame that nothing foretells. */
  readonly momentSeconds: number;
  readonly frameCount: number;
  /** The frames, each a new `uint8 [H, W, 3]`; may be gone through again. */
  readonly frames: Iterable<Uint8Array>;
};

/** It runs as foretold for a while first. */
export const leastSurprisingSeconds = 3;

const optionsSchema = z.strictObject({
  seed: z.int().nonnegative(),
  video: z.int().nonnegative(),
  size: z.int().min(16).max(1024).default(64),
  fps: z.number().positive().max(240).default(12),
  seconds: z.number().min(leastSurprisingSeconds).max(3600),
});

/** It happens between these parts of the video. */
const [earliest, latest] = [0.5, 0.85];

/** Videos of the scenes after cuts are counted from here, so that none of them is another video's first scene. */
const afterCuts = 1_000_000;

/**
 * One video of the world, a pure function of its options: one shape that runs and bounces off the walls, as in `bouncing-shapes`, until
 * something happens.
 * @throws {RangeError} where an option is out of range or unknown.
 */
export function createSurprisingScene(options: SurprisingSceneOptions): SurprisingScene {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new RangeError(`createSurprisingScene: ${z.prettifyError(parsed.error)}`);
  const { seed, video, size, fps, seconds } = parsed.data;
  const label = surpriseKinds[video % surpriseKinds.length] ?? 'cut';
  const sceneOf = (which: number) =>
    createBouncingShapes({ seed, video: which, width: size, height: size, fps, seconds, mostShapes: 1 });
  const [scene, other] = [sceneOf(video), sceneOf(afterCuts + video)];
  const frameCount = scene.frameCount;
  const random = createRandom(seed, 'surprising-scene', video);
  const moment = Math.round(frameCount * between(random, earliest, latest));
  // Where the shape is at a time after the last frame that was as foretold, counted in seconds from then.
  const last = (moment - 1) / fps;
  const goOn: { readonly [Kind in SurpriseKind]: (sinceLast: number) => [BouncingShapes, number] } = {
    cut: (sinceLast) => [other, last + sinceLast],
    stop: () => [scene, last],
    turn: (sinceLast) => [scene, last - sinceLast],
  };
  function* draw(): Generator<Uint8Array> {
    const canvases = new Map([scene, other].map((one) => [one, paintGradient(one.background, size, size)]));
    for (let frame = 0; frame < frameCount; frame++) {
      const [shown, time] = frame < moment ? ([scene, frame / fps] as const) : goOn[label](frame / fps - last);
      const shapes = shown.shapes.map((shape) => ({ ...shape, centre: placeShape(shape, time, size, size) }));
      yield drawFrame(canvases.get(shown) ?? new Uint8Array(0), shapes, size, size);
    }
  }
  return {
    ...{ width: size, height: size, fps, label, frameCount, momentSeconds: moment / fps },
    frames: { [Symbol.iterator]: draw },
  };
}
