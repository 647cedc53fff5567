// Owns what is told of a source without ffmpeg: whether it is a file, is empty, begins as a movie or Matroska does, is
// still there. Knows nothing of how it is decoded.
import type { Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LacunaError } from '../clip/lacuna-error.js';
import { DecodeError, type FailureReason, failureOf } from './failure-reason.js';
import type { FfmpegOutcome } from './ffmpeg-process.js';
import { withoutName } from './spoken-name.js';
import { beginsAsVideo, beginsWithList, isToldByName, startBytes } from './video-start.js';

/** A source that is no file that can be opened. */
export class SourceFileError extends LacunaError {
  /** What is recorded where it is one of many: its class, and what is wrong, without its name. */
  readonly failure: { readonly reason: FailureReason; readonly detail: string };

  constructor(message: string, reason: FailureReason, detail: string, options?: ErrorOptions) {
    super('input', message, options);
    this.name = 'SourceFileError';
    this.failure = { reason, detail };
  }
}

/**
 * Never opens what is no ordinary file: a pipe would wait for ever, a device never end.
 * @throws {SourceFileError} where there is no such file, or it is a folder, a device or a pipe.
 * @throws {LacunaError} `input` where its whole folder is gone, or its disk does not answer: other files will fare alike.
 * @throws {DecodeError} `not-a-video` where it is empty.
 */
export async function checkSourceFile(path: string): Promise<void> {
  const found = await stat(path).catch(async (cause: unknown) => {
    throw await absenceOf(path, cause);
  });
  if (!found.isFile()) {
    const kind = kindOf(found);
    throw new SourceFileError(`${path} is ${kind}; name a video file.`, 'not-a-video', `it is ${kind}`);
  }
  if (found.size === 0) throw new DecodeError(path, 'not-a-video', 'the file is empty');
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe';
  return found.isSocket() ? 'a socket' : 'a device';
}

/** What a disk or share says that does not answer any more. */
const lostDisk = new Set(['ESTALE', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENODEV', 'ENXIO', 'EIO']);

async function absenceOf(path: string, cause: unknown): Promise<LacunaError> {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const folder = dirname(resolve(path));
  // An unmounted disk leaves an empty folder.
  const isFolderLost = code === 'ENOENT' && (await readdir(folder).catch(() => [])).length === 0;
  if (lostDisk.has(code) || isFolderLost) {
    const remedy = 'bring it back, or correct the path, and run the same again';
    return new LacunaError('input', `${path} cannot be read, as ${folder} is empty or gone; ${remedy}.`, { cause });
  }
  const message = `${path} cannot be read; check that it exists and may be read.`;
  return new SourceFileError(message, 'unreadable', details[code] ?? `it cannot be opened (${code})`, { cause });
}

const details: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file any more, or its name is not UTF-8',
  EACCES: 'it may not be read',
  ELOOP: 'it is a link that leads to itself',
  ENAMETOOLONG: 'its path is too long',
};

/** What ffmpeg says of a file in which it found nothing to decode. */
const unopened =
  /moov atom not found|EBML header parsing failed|could not find codec parameters|Cannot determine format of input|: (?:Invalid argument|Operation not permitted|End of file)$/m;

/** What ffmpeg says of a container that may not be opened. */
const refused = /not on whitelist/;

/** What ffmpeg says where the machine, and not the file, is at its limits. */
const machineLimits = /Too many open files|pthread_create failed|Resource temporarily unavailable/;

/**
 * The error for a run of ffmpeg that failed on a file. By the name alone ffmpeg takes any bytes for a movie whose index is
 * missing; what begins as no video is `not-a-video`, and not `truncated`. Where the file has gone meanwhile, or the machine
 * lacks what ffmpeg needs, that is the error.
 */
export async function failureOfFile(path: string, outcome: FfmpegOutcome): Promise<LacunaError> {
  const lost = await checkSourceFile(path).catch((error: unknown) => error);
  if (lost instanceof LacunaError) return lost;
  if (withoutName(outcome.log, path).some((line) => machineLimits.test(line))) {
    const remedy = 'raise the limits (ulimit -n, ulimit -u) or lower --jobs, and run the same again';
    return new LacunaError('input', `ffmpeg could not open what it needs for ${path}; ${remedy}.`);
  }
  const failure = failureOf(path, outcome);
  if (failure.reason === 'not-a-video' && !refused.test(failure.detail) && beginsAsVideo(await readStart(path))) {
    return new DecodeError(path, 'unreadable', failure.detail);
  }
  if (!unopened.test(failure.detail) || !isToldByName(path) || beginsAsVideo(await readStart(path))) return failure;
  return new DecodeError(path, 'not-a-video', failure.detail);
}

/** Whether the container lists its key frames by time: MP4 and QuickTime, Matroska and WebM. */
export async function listsKeyFrames(path: string): Promise<boolean> {
  return beginsWithList(await readStart(path));
}

/** Nothing where it may not be read, which ffmpeg then says. */
async function readStart(path: string): Promise<Buffer> {
  const nothing = Buffer.alloc(0);
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return nothing;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(startBytes), 0, startBytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return nothing;
  } finally {
    await handle.close();
  }
}
