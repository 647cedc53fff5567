// Owns which videos the inputs of a dataset name, and in which order. Knows nothing of what is in them.
import { createHash } from 'node:crypto';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';

/** A file that is to be read as a video. */
export type FoundVideo = {
  /** Where it lies. */
  readonly path: string;
  /** What the dataset calls it: relative to the input that it was found in, with `/`. */
  readonly video: string;
};

/** What the inputs hold. */
export type Scan = {
  /** In the order of the inputs, each folder sorted by path. */
  readonly videos: readonly FoundVideo[];
  /** Files in folders that are no video by their extension. */
  readonly passedOver: number;
};

/** The extensions by which a file in a folder is taken for a video. */
export const videoFileExtensions: ReadonlySet<string> = new Set(
  [
    '3g2 3gp amv apng asf avi divx dv f4v flv gif h264 h265 hevc ivf m1v m2t m2ts m2v m4v mjpeg mjpg mkv mov mp4 mpe',
    'mpeg mpg mpv mts mxf nut obu ogm ogv qt rm rmvb ts vob webm wmv wtv y4m',
  ]
    .join(' ')
    .split(' ')
    .map((extension) => `.${extension}`),
);

/**
 * Finds the videos. Files and folders whose names begin with a dot are left out, and so is `except`.
 * @throws {LacunaError} `input` where an input does not exist; `usage` where two files would have the same name.
 */
export async function scanInputs(inputs: readonly string[], except: string, signal?: AbortSignal): Promise<Scan> {
  const found = new Map<string, FoundVideo>();
  let passedOver = 0;
  const paths = new Set<string>();
  const add = (path: string, video: string) => {
    // A file that two inputs name is taken where it is named first.
    if (paths.has(path)) return;
    paths.add(path);
    const other = found.get(video);
    if (other !== undefined) {
      throw new LacunaError(
        'usage',
        `${other.path} and ${path} would both be called ${video}; give the folder that holds both instead.`,
      );
    }
    found.set(video, { path, video });
  };
  const left = await realpath(except).catch(() => resolve(except));
  const walk = async (folder: string, prefix: string, above: readonly string[]): Promise<void> => {
    signal?.throwIfAborted();
    const real = await realpath(folder);
    // A link to a folder above would never end.
    if (real === left || above.includes(real)) return;
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort(byCodeUnit);
    for (const name of names) {
      const path = join(folder, name);
      const kind = await stat(path).catch(() => undefined);
      if (kind?.isDirectory() === true) await walk(path, `${prefix}${name}/`, [...above, real]);
      else if (isVideoName(name)) add(path, `${prefix}${name}`);
      else passedOver += 1;
    }
  };
  for (const input of inputs) {
    const path = resolve(input);
    const kind = await stat(path).catch((cause: unknown) => {
      throw new LacunaError('input', `${input} does not exist or cannot be read; correct the path.`, { cause });
    });
    if (kind.isDirectory()) await walk(path, '', []);
    else add(path, basename(path));
  }
  return { videos: [...found.values()], passedOver };
}

/** Whether a file is a video by its extension. */
export function isVideoName(name: string): boolean {
  return videoFileExtensions.has(extname(name).toLowerCase());
}

/** The part, from 0 to `count - 1`, that a video falls to: by its name alone, so that machines agree without talking. */
export function partOf(video: string, count: number): number {
  return createHash('sha256').update(video).digest().readUInt32BE() % count;
}

function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
