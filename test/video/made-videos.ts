// Makes small video files for tests, whose pixels say which frame they are of.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeVideo } from '../../lib/video/encode.js';
import { quietArguments } from '../../lib/video/ffmpeg-arguments.js';
import { runFfmpeg } from '../../lib/video/ffmpeg-process.js';
import { findFfmpeg } from '../../lib/video/find-ffmpeg.js';

/** A folder of its own for each test file, removed at the end. */
export function temporaryFolder(): { readonly path: (name: string) => string } {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lacuna-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}

export type MadeVideo = {
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  readonly frames?: number;
  /** One value for a pixel; by default the whole frame is `greyOf(frame)`. */
  readonly value?: (frame: number, y: number, x: number, channel: number) => number;
};

/** A grey that tells frames apart after lossy coding. */
export function greyOf(frame: number): number {
  return 16 + ((frame * 8) % 224);
}

export function* madeFrames(video: MadeVideo = {}): Generator<Uint8Array> {
  const { width = 32, height = 32, frames = 20, value = greyOf } = video;
  for (let frame = 0; frame < frames; frame++) {
    yield Uint8Array.from({ length: width * height * 3 }, (_, index) => {
      const pixel = Math.floor(index / 3);
      return value(frame, Math.floor(pixel / width), pixel % width, index % 3);
    });
  }
}

export async function makeVideo(file: string, video: MadeVideo = {}): Promise<string> {
  const { width = 32, height = 32, fps = 12 } = video;
  await encodeVideo(file, madeFrames(video), { width, height, fps });
  return file;
}

/** Runs ffmpeg's own sources and encoders, for files that `encodeVideo` does not make. */
export async function makeWithFfmpeg(file: string, ...words: readonly string[]): Promise<string> {
  const ffmpeg = await findFfmpeg();
  const run = runFfmpeg(ffmpeg, [...quietArguments(), ...words, '-y', `file:${file}`]);
  for (;;) {
    const { done, value } = await run.next();
    if (done !== true) continue;
    if (value.exitCode !== 0) throw new Error(value.log.join('\n'));
    return file;
  }
}

export async function makeSound(file: string): Promise<string> {
  return makeWithFfmpeg(file, '-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', '-f', 'mp4');
}

/** Cuts a file off after a part of its bytes. */
export async function cutFile(file: string, part: number): Promise<string> {
  const bytes = await readFile(file);
  await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * part)));
  return file;
}

/** The matrices a, b, u, c, d, v of a track header, 1 as 0x10000 (ISO/IEC 14496-12, 8.3.2). */
export const turns = {
  clockwise: [0, 1, 0, -1, 0, 0],
  upsideDown: [-1, 0, 0, 0, -1, 0],
  counterclockwise: [0, -1, 0, 1, 0, 0],
  mirrored: [-1, 0, 0, 0, 1, 0],
  mirroredClockwise: [0, 1, 0, 1, 0, 0],
} as const;

/** Makes an MP4 be shown turned: sets the matrix of its track header. */
export async function setTurn(file: string, turn: (typeof turns)[keyof typeof turns]): Promise<string> {
  const bytes = await readFile(file);
  const matrix = bytes.indexOf('tkhd') + 44;
  turn.forEach((value, index) => bytes.writeInt32BE(value * 0x10000, matrix + 4 * index));
  await writeFile(file, bytes);
  return file;
}

/** Turns an MP4 by a quarter. */
export async function turnVideo(file: string): Promise<string> {
  return setTurn(file, turns.clockwise);
}

/** A program that answers as ffmpeg does when asked for its version, and else runs a line of shell. */
export async function makeProgram(file: string, line: string): Promise<string> {
  const version = 'ffmpeg version 7.1-made Copyright (c) 2000-2024 the FFmpeg developers';
  await writeFile(file, `#!/bin/sh\nif [ "$1" = -version ]; then echo "${version}"; exit 0; fi\n${line}\n`);
  await chmod(file, 0o755);
  return file;
}

/** Runs something with LACUNA_FFMPEG set to a program. */
export async function withFfmpeg<Result>(program: string, run: () => Promise<Result>): Promise<Result> {
  const before = process.env['LACUNA_FFMPEG'];
  process.env['LACUNA_FFMPEG'] = program;
  try {
    return await run();
  } finally {
    if (before === undefined) delete process.env['LACUNA_FFMPEG'];
    else process.env['LACUNA_FFMPEG'] = before;
  }
}

/** What a promise is rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}

/** Waits until a process is gone: killing is not instant. */
export async function isProcessGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone');
    // A killed process whose parent has not yet taken note of it is a zombie, Z.
    if (state === 'gone' || /\) Z /.test(state)) return true;
    await new Promise((go) => setTimeout(go, 10));
  }
  return false;
}
