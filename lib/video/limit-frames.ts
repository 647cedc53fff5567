// Owns the end of a video that goes on for too long. Knows nothing of how it is decoded.
import { stat } from 'node:fs/promises';
import { DecodeError } from './failure-reason.js';
import { defaultMaxSeconds } from './limits.js';

/**
 * Passes on the first frames of a video: a file of a few kilobytes can stand for years of them.
 * @param maxSeconds of frames; default: `defaultMaxSeconds` for the size of the file
 * @throws {DecodeError} `too-large` where there are more than `maxSeconds × fps`, after those.
 */
export async function* limitFrames(
  path: string,
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { fps, maxSeconds }: { readonly fps: number; readonly maxSeconds: number | undefined },
): AsyncGenerator<Uint8Array, void> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const seconds = maxSeconds ?? defaultMaxSeconds(size);
  const most = Math.max(1, Math.floor(seconds * fps));
  let given = 0;
  for await (const frame of frames) {
    if (given === most) {
      const detail = `more than ${most} frames came of its ${size} bytes, or ${Math.floor(seconds)} seconds at ${fps} a second`;
      throw new DecodeError(path, 'too-large', detail);
    }
    given += 1;
    yield frame;
  }
}
