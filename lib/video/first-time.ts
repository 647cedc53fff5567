// Owns when a file's picture begins on the file's clock, told from its first packets, without decoding. Knows nothing of
// frames.
import { inputFileArguments, quietArguments } from './ffmpeg-arguments.js';
import { type FfmpegLimits, runFfmpeg } from './ffmpeg-process.js';
import type { Ffmpeg } from './find-ffmpeg.js';

/** Packets among which the first one that is shown must be: key frames come before what is shown before them. */
const packets = 32;

/** Seconds from the begin of the file's earliest stream to the picture's first frame; nothing where that is not told. */
export async function readFirstSeconds(
  ffmpeg: Ffmpeg,
  path: string,
  limits: FfmpegLimits,
): Promise<number | undefined> {
  const words = [
    ...quietArguments(),
    ...inputFileArguments(path),
    ...['-map', '0:V:0', '-c', 'copy', '-frames:v', `${packets}`, '-f', 'framecrc', 'pipe:1'],
  ];
  const parts: Uint8Array[] = [];
  for await (const part of runFfmpeg(ffmpeg, words, limits)) parts.push(part);
  return parseFirstSeconds(Buffer.concat(parts).toString('latin1'));
}

/** The earliest time of what ffmpeg's `framecrc` lists; packets before 0 are needed for decoding only. */
export function parseFirstSeconds(list: string): number | undefined {
  const [, over = 0, under = 0] = (/^#tb 0: (\d+)\/(\d+)$/m.exec(list) ?? []).map(Number);
  const times = [...list.matchAll(/^0, *-?\d+, *(\d+),/gm)].map(([, time]) => Number(time));
  return under === 0 || times.length === 0 ? undefined : (Math.min(...times) * over) / under;
}
