// Owns a folder of made videos with a table of what is true of each. Knows nothing of training.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { checkOptions } from '../clip/check-options.js';
import type { JobControls } from '../clip/job.js';
import { encodeVideo } from '../video/encode.js';
import { createBouncingShapes, type BouncingShapes } from './bouncing-shapes.js';

/** The options of {@link writeWorld}. */
export type WorldOptions = {
  /** The folder, made where it is missing; files of the same names in it are replaced. */
  readonly out: string;
  /** How many, 1 to 10000. */
  readonly videos: number;
  /** How long each is. */
  readonly seconds: number;
  /** A whole number from 0. */
  readonly seed: number;
  /** Pixels a side, an even number from 16 to 1024; default 64. */
  readonly size?: number;
  /** Frames a second; default 12. */
  readonly fps?: number;
  /** At most so many shapes in a video, 1 to 3; default 3. */
  readonly mostShapes?: number;
};

const optionsSchema = z.strictObject({
  out: z.string().min(1),
  videos: z.int().min(1).max(10_000),
  seconds: z.number().positive().max(3600),
  seed: z.int().nonnegative(),
  size: z.int().min(16).max(1024).multipleOf(2).default(64),
  fps: z.number().positive().max(240).default(12),
  mostShapes: z.int().min(1).max(3).default(3),
});

/**
 * Writes `bounce-000.mp4` … and `labels.csv`, whose columns are the file's name, its label (the kind of its shapes), how many
 * shapes there are, and each shape's speed in pixels a second.
 * @returns the paths of the videos, in order.
 * @throws {LacunaError} `usage` where an option is out of range or unknown; `input` where a video cannot be written.
 */
export async function writeWorld(options: WorldOptions, controls: JobControls = {}): Promise<string[]> {
  const { out, videos, seconds, seed, size, fps, mostShapes } = checkOptions(optionsSchema, options, 'writeWorld');
  const { signal, onProgress } = controls;
  await mkdir(out, { recursive: true });
  const rows = ['file,label,shapes,speeds'];
  const files: string[] = [];
  for (let video = 0; video < videos; video++) {
    signal?.throwIfAborted();
    const scene = createBouncingShapes({ seed, video, width: size, height: size, fps, seconds, mostShapes });
    const name = `bounce-${String(video).padStart(3, '0')}.mp4`;
    const file = path.join(out, name);
    await encodeVideo(file, scene.frames, { width: size, height: size, fps }, { signal });
    files.push(file);
    rows.push([name, scene.kind, scene.shapes.length, listSpeeds(scene)].join(','));
    onProgress?.({ unit: 'videos', done: video + 1, total: videos, note: name });
  }
  await writeFile(path.join(out, 'labels.csv'), `${rows.join('\n')}\n`);
  return files;
}

/** Pixels a second of each shape, as one field. */
function listSpeeds(scene: BouncingShapes): string {
  return scene.shapes.map(({ velocity }) => Math.hypot(velocity.x, velocity.y).toFixed(1)).join(' ');
}
