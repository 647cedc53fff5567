// Owns what a source must be before ffmpeg is asked: a file that is there and not empty. Knows nothing of video.
import { stat } from 'node:fs/promises';
import { LacunaError } from '../clip/lacuna-error.js';
import { DecodeError } from './failure-reason.js';

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
