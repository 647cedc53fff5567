// Owns the table of worlds, and the drawing of a scene of any of them. A new one is one file and one line here.
import { type BouncingShapes, createBouncingShapes } from './bouncing-shapes.js';
import { createLabelledScene, type LabelledScene, leastLabelledSize } from './labelled-scene.js';
import { createSurprisingScene, leastSurprisingSeconds } from './surprising-scene.js';

/** What is drawn of one video, whatever the world. */
export type SceneOptions = {
  readonly seed: number;
  readonly video: number;
  /** Pixels a side. */
  readonly size: number;
  /** Frames a second. */
  readonly fps: number;
  readonly seconds: number;
  /** Whether it is to look unlike all that are not; only where a world has such. */
  readonly isHeldOut: boolean;
  /** Of `bouncing-shapes`. */
  readonly mostShapes: number;
};

/** A made video: its frames, its class, and what else is true of it, by the names of columns. */
export type MadeScene = {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
  /** Each `uint8 [H, W, 3]`. */
  readonly frames: Iterable<Uint8Array>;
  readonly label: string;
  readonly facts: Readonly<Record<string, string>>;
};

/** The worlds. */
export const worldNames = ['bouncing-shapes', 'motions', 'looks', 'surprises'] as const;
/** One of {@link worldNames}. */
export type WorldName = (typeof worldNames)[number];

const worlds: { readonly [Name in WorldName]: (options: SceneOptions) => MadeScene } = {
  'bouncing-shapes': ({ size, seed, video, fps, seconds, mostShapes }) => {
    const scene = createBouncingShapes({ seed, video, fps, seconds, mostShapes, width: size, height: size });
    const facts = { shapes: String(scene.shapes.length), speeds: listSpeeds(scene) };
    return { ...scene, label: scene.kind, facts };
  },
  motions: (options) => describe(createLabelledScene({ by: 'motion', ...labelled(options) })),
  looks: (options) => describe(createLabelledScene({ by: 'looks', ...labelled(options) })),
  surprises: ({ seed, video, size, fps, seconds }) => {
    const scene = createSurprisingScene({ seed, video, size, fps, seconds });
    return { ...scene, facts: { moment: scene.momentSeconds.toFixed(3) } };
  },
};

/** What a video of each must be at least, and where less is refused: seconds long, and pixels a side. */
export const leastOfWorlds: { readonly [Name in WorldName]: { readonly seconds: number; readonly size: number } } = {
  'bouncing-shapes': { seconds: 0, size: 16 },
  motions: { seconds: 0, size: leastLabelledSize },
  looks: { seconds: 0, size: leastLabelledSize },
  surprises: { seconds: leastSurprisingSeconds, size: 16 },
};

/** One video of a world, a pure function of its options. @throws {RangeError} where one is out of range. */
export function createScene(world: WorldName, options: SceneOptions): MadeScene {
  return worlds[world](options);
}

function labelled({ seed, video, size, fps, seconds, isHeldOut }: SceneOptions) {
  return { seed, video, size, fps, seconds, variation: isHeldOut ? 'held-out' : 'usual' } as const;
}

function describe(scene: LabelledScene): MadeScene {
  return { ...scene, facts: { motion: scene.motion, look: scene.look } };
}

/** Pixels a second of each shape, as one field. */
function listSpeeds({ shapes }: BouncingShapes): string {
  return shapes.map(({ velocity }) => Math.hypot(velocity.x, velocity.y).toFixed(1)).join(' ');
}
