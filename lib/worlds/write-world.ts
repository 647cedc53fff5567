// Owns a folder of made videos with a table of what is true of each. Knows nothing of training.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import { inOrder } from '../clip/in-order.js';
import type { JobControls } from '../clip/job.js';
import { LacunaError } from '../clip/lacuna-error.js';
import { encodeVideo } from '../video/encode.js';
import { createScene, leastOfWorlds, type WorldName, worldNames } from './worlds.js';

/** The options of {@link writeWorld}. */
export type WorldOptions = {
  /** The folder, made where it is missing; files of the same names in it are replaced. */
  readonly out: string;
  /**
   * `bouncing-shapes`: one to three shapes that bounce off the walls, labelled by what they are. `motions`: two shapes, labelled by
   * how they move, in eight ways, and by nothing else that is seen. `looks`: the same, labelled by what the shapes are, in eight
   * kinds. `surprises`: one shape that bounces, until something happens that nothing foretells; `labels.csv` says what and when.
   * Default `bouncing-shapes`.
   */
  readonly world?: WorldName;
  /** How many, 1 to 10000. */
  readonly videos: number;
  /** How many more that look unlike all others, for tests: other hues and sizes, more noise, a less steady camera. Default 0. */
  readonly heldOut?: number;
  /** How long each is; in `surprises` at least 3. In `motions` and `looks` the motion takes so long, and a clip of all of it shows which one it is. */
  readonly seconds: number;
  /** A whole number from 0. */
  readonly seed: number;
  /** Pixels a side, an even number from 16 to 1024, from 32 in `motions` and `looks`; default 64. */
  readonly size?: number;
  /** Frames a second; default 12. */
  readonly fps?: number;
  /** At most so many shapes in a video of `bouncing-shapes`, 1 to 3; default 3. */
  readonly mostShapes?: number;
};

const optionsSchema = z.strictObject({
  out: z.string().min(1),
  world: z.enum(worldNames).default('bouncing-shapes'),
  videos: z.int().min(1).max(10_000),
  heldOut: z.int().min(0).max(10_000).default(0),
  seconds: z.number().positive().max(3600),
  seed: z.int().nonnegative(),
  size: z.int().min(16).max(1024).multipleOf(2).default(64),
  fps: z.number().positive().max(240).default(12),
  mostShapes: z.int().min(1).max(3).default(3),
});

/** The names of the videos of each world begin so. */
const prefixes: { readonly [Name in WorldName]: string } = {
  'bouncing-shapes': 'bounce',
  motions: 'motion',
  looks: 'look',
  surprises: 'surprise',
};

/**
 * Writes `bounce-000.mp4` … and `labels.csv`, which `prepare --labels` reads: the file's name, its label, and what else is true of it.
 * Where some are held out, they are called `held-out-000.mp4` …, and the column `split` says `test` of them and `train` of all others.
 * @returns the paths of the videos, in order.
 * @throws {LacunaError} `usage` where an option is out of range or unknown; `input` where a video cannot be written.
 */
export async function writeWorld(options: WorldOptions, controls: JobControls = {}): Promise<string[]> {
  const { out, world, videos, heldOut, ...drawn } = checkOptions(optionsSchema, options, 'writeWorld');
  const { signal, onProgress } = controls;
  if (heldOut > 0 && world !== 'motions' && world !== 'looks') {
    throw new LacunaError('usage', `writeWorld cannot hold out videos of ${world}, which has no other look.`);
  }
  const least = leastOfWorlds[world];
  for (const [name, unit] of [
    ['seconds', 'seconds long'],
    ['size', 'pixels a side'],
  ] as const) {
    if (drawn[name] >= least[name]) continue;
    throw new LacunaError(
      'usage',
      `Videos of ${world} are at least ${least[name]} ${unit}; ${name} is ${drawn[name]}.`,
    );
  }
  await mkdir(out, { recursive: true });
  const planned: readonly PlannedVideo[] = [
    ...Array.from({ length: videos }, (_, video) => ({ prefix: prefixes[world], video, isHeldOut: false })),
    ...Array.from({ length: heldOut }, (_, video) => ({ prefix: 'held-out', video, isHeldOut: true })),
  ];
  const encode = async function* ({ prefix, video, isHeldOut }: PlannedVideo, ends: AbortSignal) {
    const scene = createScene(world, { ...drawn, video, isHeldOut });
    const name = `${prefix}-${String(video).padStart(3, '0')}.mp4`;
    const { width, height, fps } = scene;
    await encodeVideo(path.join(out, name), scene.frames, { width, height, fps }, { signal: ends });
    const split = heldOut > 0 && { split: isHeldOut ? 'test' : 'train' };
    yield { name, facts: { file: name, label: scene.label, ...scene.facts, ...split } };
  };
  const files: string[] = [];
  const rows: string[] = [];
  const jobs = availableParallelism();
  for await (const { items } of inOrder(planned, { jobs, ahead: jobs, signal }, encode)) {
    for await (const { name, facts } of items) {
      signal?.throwIfAborted();
      if (rows.length === 0) rows.push(Object.keys(facts).join(','));
      rows.push(Object.values(facts).join(','));
      files.push(path.join(out, name));
      onProgress?.({ unit: 'videos', done: files.length, total: planned.length, note: name });
    }
  }
  await writeFile(path.join(out, 'labels.csv'), `${rows.join('\n')}\n`);
  return files;
}

/** Which video of the world it is, and what it is called by. */
type PlannedVideo = { readonly prefix: string; readonly video: number; readonly isHeldOut: boolean };
