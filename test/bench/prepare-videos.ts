// Owns the videos of the benchmark `prepare`: made once from ffmpeg's own sources and kept in the system's folder for temporary
// files. Knows nothing of how they are measured.
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietArguments } from '../../dist/video/ffmpeg-arguments.js';
import { hasEncoder, runFfmpeg } from '../../dist/video/ffmpeg-process.js';
import { type Ffmpeg, findFfmpeg } from '../../dist/video/find-ffmpeg.js';

/** The videos of one case. */
export type BenchVideos = {
  readonly files: readonly string[];
  /** Frames of all of them together. */
  readonly frames: number;
};

type Recipe = {
  readonly size: string;
  readonly fps: number;
  readonly seconds: number;
  /** The encoder and its words, and the container's extension. */
  readonly coded: readonly (readonly [encoder: string, words: string, extension: string])[];
  /** Different videos of each encoder. */
  readonly seeds: number;
  /** Files of each video. */
  readonly copies: number;
};

const h264 = ['libx264', '-preset veryfast -crf 28 -g 60 -bf 2', 'mp4'] as const;

const recipes = {
  'long-1080p': { size: '1920x1080', fps: 30, seconds: 120, coded: [h264], seeds: 1, copies: 1 },
  'small-500': { size: '320x240', fps: 30, seconds: 2, coded: [h264], seeds: 20, copies: 25 },
  'mixed-codecs': {
    ...{ size: '640x360', fps: 25, seconds: 10, seeds: 2, copies: 1 },
    coded: [
      h264,
      ['libx265', '-preset ultrafast -crf 30 -x265-params log-level=none', 'mp4'],
      ['libvpx', '-deadline realtime -cpu-used 8 -b:v 1M', 'webm'],
      ['libvpx-vp9', '-deadline realtime -cpu-used 8 -b:v 1M', 'webm'],
      ['libsvtav1', '-preset 12 -crf 40', 'mp4'],
      ['mpeg4', '-q:v 6', 'avi'],
      ['mpeg2video', '-q:v 6', 'ts'],
      ['mjpeg', '-q:v 6 -pix_fmt yuvj420p', 'mov'],
    ],
  },
} as const satisfies Record<string, Recipe>;

/** The cases of the benchmark. */
export type PrepareCase = keyof typeof recipes;

/** All of them, in the order in which they run. */
export const prepareCases = Object.keys(recipes) as readonly PrepareCase[];

/** ffmpeg may take so long for one video. */
const encodeSeconds = 900;

/** Changes with the recipes: videos of another version are not taken. */
const version = 1;

/** Makes the videos of a case where they are not there yet. */
export async function findVideos(name: PrepareCase, onProgress: (line: string) => void): Promise<BenchVideos> {
  const recipe: Recipe = recipes[name];
  const folder = join(tmpdir(), `lacuna-bench-${version}`, name);
  const isThere = await readdir(folder).then(
    (files) => files.length > 0,
    () => false,
  );
  if (!isThere) {
    onProgress('making the videos');
    const unfinished = `${folder}.${process.pid}.unfinished`;
    await mkdir(unfinished, { recursive: true });
    await makeVideos(unfinished, recipe);
    await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
  }
  const files = (await readdir(folder)).sort();
  return {
    files: files.map((file) => join(folder, file)),
    frames: files.length * recipe.fps * recipe.seconds,
  };
}

async function makeVideos(folder: string, { size, fps, seconds, coded, seeds, copies }: Recipe): Promise<void> {
  const ffmpeg = await findFfmpeg();
  for (const [encoder, words, extension] of coded) {
    // A build that lacks an encoder leaves its files out, on all sides.
    if (!(await hasEncoder(ffmpeg, encoder))) continue;
    for (let seed = 0; seed < seeds; seed++) {
      const source = `testsrc2=size=${size}:rate=${fps}:duration=${seconds},noise=alls=4:allf=t:all_seed=${seed + 1}`;
      const nameOf = (copy: number) => join(folder, `${encoder}-${seed}-${copy}.${extension}`);
      await encode(ffmpeg, source, ['-c:v', encoder, '-pix_fmt', 'yuv420p', ...words.split(' '), nameOf(0)]);
      for (let copy = 1; copy < copies; copy++) await copyFile(nameOf(0), nameOf(copy));
    }
  }
}

async function encode(ffmpeg: Ffmpeg, source: string, words: readonly string[]): Promise<void> {
  const run = runFfmpeg(ffmpeg, [...quietArguments(), '-f', 'lavfi', '-i', source, ...words], {
    timeoutSeconds: encodeSeconds,
  });
  for (;;) {
    const { done, value } = await run.next();
    if (done !== true) continue;
    if (value.exitCode !== 0) throw new Error(`ffmpeg could not make a video: ${value.log.join('; ')}`);
    return;
  }
}
