// Owns what is told of a source without ffmpeg: whether it is a file, is empty, begins as a movie or Matroska does. Knows
// nothing of how it is decoded.
import { open, stat } from 'node:fs/promises';
import { LacunaError } from '../clip/lacuna-error.js';
import { DecodeError, failureOf } from './failure-reason.js';
import type { FfmpegOutcome } from './ffmpeg-process.js';

/**
 * @throws {LacunaError} `input` where there is no such file, or it is a folder, a device or a pipe.
 * @throws {DecodeError} `not-a-video` where it is empty.
 */
export async function checkSourceFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new LacunaError('input', `${path} cannot be read; check that it exists and may be read.`, { cause });
  });
  if (!found.isFile()) throw new LacunaError('input', `${path} is not a file; name a video file.`);
  if (found.size === 0) throw new DecodeError(path, 'not-a-video', 'the file is empty');
}

/** The types of box that a QuickTime or MP4 file begins with. */
const firstBoxes = new Set(['ftyp', 'styp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'uuid', 'sidx', 'moof']);

/**
 * The error for a run of ffmpeg that failed on a file. By the name alone ffmpeg takes any bytes for a movie whose index is
 * missing; what does not begin as one is `not-a-video`, and not `truncated`.
 */
export async function failureOfFile(path: string, outcome: FfmpegOutcome): Promise<DecodeError> {
  const failure = failureOf(path, outcome);
  if (!failure.detail.includes('moov atom not found') || (await beginsAsMovie(path))) return failure;
  return new DecodeError(path, 'not-a-video', failure.detail);
}

async function beginsAsMovie(path: string): Promise<boolean> {
  return firstBoxes.has((await firstBytes(path)).toString('latin1', 4, 8));
}

/** Whether the container lists its key frames by time: MP4 and QuickTime, Matroska and WebM. */
export async function listsKeyFrames(path: string): Promise<boolean> {
  const bytes = await firstBytes(path);
  return firstBoxes.has(bytes.toString('latin1', 4, 8)) || bytes.readUInt32BE(0) === 0x1a45dfa3;
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    return buffer;
  } finally {
    await handle.close();
  }
}
