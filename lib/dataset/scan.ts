// Owns which videos the inputs of a dataset name, and in which order. Knows nothing of what is in them.
import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { LacunaError } from '../clip/lacuna-error.js';
import { type FolderListing, listFolder } from './list-folder.js';

/** A file that is to be read as a video. */
export type FoundVideo = {
  /** Where it lies. */
  readonly path: string;
  /** What the dataset calls it: relative to the input that it was found in, with `/`. */
  readonly video: string;
};

/** A folder, or a link, that could not be read. */
export type UnreadablePlace = {
  /** Where it lies. */
  readonly path: string;
  /** What the operating system says, such as `EACCES` (not allowed) or `ENOENT` (gone). */
  readonly code: string;
};

/** What the inputs hold. */
export type Scan = {
  /** In the order of the inputs, each folder sorted by path. */
  readonly videos: readonly FoundVideo[];
  /** Names in folders that are no video by their extension. */
  readonly passedOver: number;
  /** Symbolic links that lead out of the inputs and were not followed. */
  readonly linksLeft: number;
  /** Folders that may not be read or were gone when their turn came, and links with a video's name that lead nowhere. */
  readonly unreadable: readonly UnreadablePlace[];
};

/** How inputs are searched. */
export type ScanOptions = {
  /** A folder that is left out, whatever is in it. */
  readonly except?: string | undefined;
  /** Whether symbolic links are followed that lead out of the inputs. Default false. */
  readonly followLinks?: boolean | undefined;
  /** Ends the search. */
  readonly signal?: AbortSignal | undefined;
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
 * Finds the videos, each real file once, under the first name that leads to it. Files and folders whose names begin with a
 * dot are left out; what has a video's name and is no file, such as a pipe, is listed, so that reading it says so. A symbolic link whose target an input holds anyway adds nothing; one to a place in an input that is
 * not searched by itself (such as a hidden folder) stands for what it leads to; one that leads out of the inputs is
 * followed only on demand.
 * @throws {LacunaError} `input` where an input does not exist or cannot be read; `usage` where two files would have the
 * same name.
 */
export async function scanInputs(inputs: readonly string[], options: ScanOptions = {}): Promise<Scan> {
  const { except, followLinks = false, signal } = options;
  const places = await Promise.all(inputs.map(findInput));
  const roots = places.filter(({ isFolder }) => isFolder).map(({ real }) => real);
  const left = except === undefined ? undefined : await realpath(except).catch(() => resolve(except));

  const videos: FoundVideo[] = [];
  const unreadable: UnreadablePlace[] = [];
  let [passedOver, linksLeft] = [0, 0];
  /** Real folders that were entered, and real files that were not found by entering their folder. */
  const [entered, taken] = [new Set<string>(), new Set<string>()];
  /** Two files can have one name only where they are found in two inputs. */
  const named = inputs.length > 1 ? new Map<string, FoundVideo>() : undefined;

  const add = (root: string, video: string) => {
    const found = new VideoOfInput(root, video);
    const other = named?.get(video);
    if (other !== undefined) {
      throw new LacunaError(
        'usage',
        `${other.path} and ${found.path} would both be called ${video}; give the folder that holds both instead.`,
      );
    }
    named?.set(video, found);
    videos.push(found);
  };
  /** Whether entering the inputs' folders finds a real place without any link. */
  const isFoundAnyway = (real: string, isFolder: boolean) =>
    (isFolder || isVideoName(real)) &&
    (left === undefined || !isWithin(real, left)) &&
    roots.some((root) => isWithin(real, root) && !isHidden(relative(root, real)));

  const walk = async (root: string, prefix: string, real: string): Promise<void> => {
    signal?.throwIfAborted();
    if (real === left || entered.has(real)) return;
    entered.add(real);
    const { names, kinds } = await list(resolve(root, prefix));
    for (const name of names) {
      const [video, place] = [`${prefix}${name}`, kinds.get(name)];
      if (place === 'folder') await walk(root, `${video}/`, join(real, name));
      else if (place === 'link') await follow(root, video);
      else if (taken.size === 0 || !taken.has(join(real, name))) add(root, video);
    }
  };
  const list = async (folder: string): Promise<FolderListing> => {
    let others = 0;
    try {
      const listing = await listFolder(
        folder,
        (name, kind) => {
          const isWanted = kind === 'folder' || kind === 'link' || isVideoName(name);
          if (!isWanted) others += 1;
          return isWanted;
        },
        signal,
      );
      passedOver += others;
      return listing;
    } catch (error) {
      signal?.throwIfAborted();
      unreadable.push({ path: folder, code: codeOf(error) });
      return { names: [], kinds: new Map() };
    }
  };
  const follow = async (root: string, video: string): Promise<void> => {
    const path = join(root, video);
    const target = await findTarget(path).catch((error: unknown) => codeOf(error));
    if (typeof target === 'string') {
      if (isVideoName(video)) unreadable.push({ path, code: target });
      else passedOver += 1;
      return;
    }
    const { real, kind } = target;
    if (kind !== 'folder' && !isVideoName(video)) passedOver += 1;
    else if (isFoundAnyway(real, kind === 'folder')) return;
    else if (!followLinks && !roots.some((folder) => isWithin(real, folder))) linksLeft += 1;
    else if (kind === 'folder') await walk(root, `${video}/`, real);
    else take(real, root, video);
  };
  const take = (real: string, root: string, video: string) => {
    const isFound = taken.has(real) || (entered.has(dirname(real)) && isVideoName(real) && !isHidden(basename(real)));
    if (isFound) return;
    taken.add(real);
    add(root, video);
  };

  for (const { path, real, isFolder } of places) {
    if (isFolder) await walk(path, '', real);
    else take(real, dirname(path), basename(path));
    const refusal = unreadable.find((place) => place.path === path);
    if (refusal) throw unreadableInput(path, refusal.code);
  }
  return { videos, passedOver, linksLeft, unreadable };
}

/** The order in which a folder's videos are found: folder by folder, names by UTF-16 code unit. */
export function compareVideos(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  for (let place = 0; place < shorter; place++) {
    const [left, right] = [one.charCodeAt(place), other.charCodeAt(place)];
    // What ends a name stands before all that can go on with it.
    if (left !== right) return left === slash ? -1 : right === slash ? 1 : left - right;
  }
  return one.length - other.length;
}

const slash = 0x2f;

/** Whether a file is a video by its extension. */
export function isVideoName(name: string): boolean {
  return videoFileExtensions.has(extname(name).toLowerCase());
}

/** One part of many: parts of the same inputs have no video in common and together have all. */
export const videoPartSchema = z
  .strictObject({
    /** From 0. */
    index: z.int().min(0),
    /** From 1. */
    count: z.int().min(1),
  })
  .refine(({ index, count }) => index < count, 'part.index must be below part.count');
/** See {@link videoPartSchema}. */
export type VideoPart = Readonly<z.output<typeof videoPartSchema>>;

/** The part, from 0 to `count - 1`, that a video falls to: by its name alone, so that machines agree without talking. */
export function partOf(video: string, count: number): number {
  return createHash('sha256').update(video).digest().readUInt32BE() % count;
}

/** Whether a video falls to a part. */
export function isOfPart(video: string, { index, count }: VideoPart): boolean {
  return partOf(video, count) === index;
}

/** A class for its getter: of a million files the folder is kept once, and a path is made when it is asked for. */
class VideoOfInput implements FoundVideo {
  readonly video: string;
  private readonly root: string;

  constructor(root: string, video: string) {
    this.root = root;
    this.video = video;
  }

  get path(): string {
    return join(this.root, this.video);
  }
}

async function findInput(
  input: string,
): Promise<{ readonly path: string; readonly real: string; readonly isFolder: boolean }> {
  const path = resolve(input);
  try {
    return { path, real: await realpath(path), isFolder: (await stat(path)).isDirectory() };
  } catch (cause) {
    throw new LacunaError('input', `${input} does not exist or cannot be read; correct the path.`, { cause });
  }
}

/** Where a link leads in the end, and what is there. */
async function findTarget(
  path: string,
): Promise<{ readonly real: string; readonly kind: 'file' | 'folder' | 'other' }> {
  const real = await realpath(path);
  const found = await stat(real);
  return { real, kind: found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other' };
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

function isHidden(path: string): boolean {
  return path.split(sep).some((name) => name.startsWith('.'));
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}

function unreadableInput(path: string, code: string): LacunaError {
  return new LacunaError('input', `${path} cannot be read (${code}); check that you may read it.`);
}
