// Owns the end of a video that goes on for too long. Knows nothing of how it is decoded.
import { DecodeError } from './failure-reason.js';

/**
 * Passes on the first frames of a video: a file of a few kilobytes can stand for years of them.
 * @throws {DecodeError} `too-large` where there are more than `maxSeconds × fps`, after those.
 */
export async function* limitFrames(
  path: string,
  frames: AsyncIterable<Uint8Array>,
  { fps, maxSeconds }: { readonly fps: number; readonly maxSeconds: number },
): AsyncGenerator<Uint8Array, void> {
  const most = Math.max(1, Math.floor(maxSeconds * fps));
  let given = 0;
  for await (const frame of frames) {
    if (given === most) {
      const detail = `more than ${most} frames came of it, which are ${maxSeconds} seconds at ${fps} a second`;
      throw new DecodeError(path, 'too-large', detail);
    }
    given += 1;
    yield frame;
  }
}
