// Owns how long a video is by what its header says and by what a file of its size can hold. Knows nothing of clips.
import { stat } from 'node:fs/promises';
import { probeVideo, type VideoInfo } from '../video/probe.js';

/** Of a video's file: hardly one of moving pictures has less. */
export const leastBytesPerSecond = 100;

/** What a header says, and how much of the video will be read. */
export type SaidLength = {
  readonly info: VideoInfo;
  /** At most `maxSeconds`; nothing where the header does not say it, or says more than the file can hold. */
  readonly seconds?: number;
};

/** @throws what `probeVideo` throws. */
export async function readSaidLength(
  path: string,
  { maxSeconds = Infinity }: { readonly maxSeconds?: number | undefined },
  signal: AbortSignal,
): Promise<SaidLength> {
  const info = await probeVideo(path, { signal });
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const { durationSeconds } = info;
  if (durationSeconds === undefined || durationSeconds > size / leastBytesPerSecond) return { info };
  return { info, seconds: Math.min(durationSeconds, maxSeconds) };
}
