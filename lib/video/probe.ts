// Owns what a video file says of itself: size, rate, length. Reads `ffmpeg -i`, since ffprobe is not everywhere that
// ffmpeg is. Knows nothing of frames.
import type { JobControls } from '../clip/job.js';
import { DecodeError } from './failure-reason.js';
import { inputFileArguments, quietArguments } from './ffmpeg-arguments.js';
import { runFfmpeg } from './ffmpeg-process.js';
import { findFfmpeg } from './find-ffmpeg.js';
import { checkSourceFile, failureOfFile } from './source-file.js';
import { findVideoStream, readSize } from './stream-look.js';

/** What a file says of its first video stream. */
export type VideoInfo = {
  /** Pixels as shown: after rotation, with square pixels. */
  readonly width: number;
  /** Pixels as shown: after rotation. */
  readonly height: number;
  /** Frames a second on average, where the file says so. */
  readonly fps?: number;
  /** Of the whole file, where it says so. */
  readonly durationSeconds?: number;
  /** ffmpeg's name of the codec, such as `h264`. */
  readonly codec: string;
  /** ffmpeg's names of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
};

/** A file with many streams and much metadata says this much. */
const probedLines = 5000;

/**
 * Reads the header of a video file.
 * @throws {LacunaError} `input` where there is no such file.
 * @throws {DecodeError} where it is no video, or has no video stream.
 */
export async function probeVideo(path: string, controls: JobControls = {}): Promise<VideoInfo> {
  await checkSourceFile(path);
  const ffmpeg = await findFfmpeg();
  const words = [...quietArguments('info'), ...inputFileArguments(path)];
  const run = runFfmpeg(ffmpeg, words, { signal: controls.signal, lastLines: probedLines });
  for (;;) {
    const { done, value: outcome } = await run.next();
    if (done !== true) continue;
    const said = parseInput(outcome.log);
    if (said === undefined) {
      // That no output was named is what ends every probe.
      const log = outcome.log.filter((line) => !line.includes('At least one output file must be specified'));
      throw await failureOfFile(path, { ...outcome, log });
    }
    if (typeof said === 'string') throw new DecodeError(path, said, 'no stream of pictures is in it');
    return said;
  }
}

/**
 * What `ffmpeg -i` prints of its input: the first video stream that is no cover picture; `no-video-stream` where there is
 * none, `unreadable` where its size is unknown, nothing where no input was opened.
 */
export function parseInput(log: readonly string[]): VideoInfo | 'no-video-stream' | 'unreadable' | undefined {
  const lines = log.map((line) => line.replace(/^\[info\] /, ''));
  const container = lines.map((line) => /^Input #0, (.+), from /.exec(line)?.[1]).find((name) => name !== undefined);
  if (container === undefined) return undefined;
  const found = findVideoStream(lines);
  if (found === undefined) return 'no-video-stream';
  const { line: stream, about } = found;
  const codec = /: Video: (\w+)/.exec(stream)?.[1] ?? 'unknown';
  const size = readSize(stream);
  if (size === undefined) return 'unreadable';
  const aspect = [...stream.matchAll(/SAR (\d+):(\d+)/g)].at(-1);
  const pixelAspect = aspect === undefined || Number(aspect[2]) === 0 ? 1 : Number(aspect[1]) / Number(aspect[2]);
  const width = Math.max(1, Math.round(size.width * (pixelAspect || 1)));
  const height = size.height;
  const isTurned = isQuarterTurn(about);
  const fps = readRate(stream);
  const durationSeconds = readDuration(lines);
  return {
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    ...(fps === undefined ? {} : { fps }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    codec,
    container,
  };
}

function isQuarterTurn(about: readonly string[]): boolean {
  const matrix = about.map((line) => /rotation of (-?[\d.]+) degrees/.exec(line)?.[1]).find(Boolean);
  const tag = about.map((line) => /^\s*rotate\s*:\s*(-?\d+)/.exec(line)?.[1]).find(Boolean);
  const degrees = Math.abs(Number(matrix ?? tag ?? 0)) % 180;
  return Math.abs(degrees - 90) < 45;
}

/** The average rate, else the one that ffmpeg guesses. */
function readRate(stream: string): number | undefined {
  const rate = /, ([\d.]+)(k?) fps/.exec(stream) ?? /, ([\d.]+)(k?) tbr/.exec(stream);
  return rate === null ? undefined : Number(rate[1]) * (rate[2] === 'k' ? 1000 : 1);
}

function readDuration(lines: readonly string[]): number | undefined {
  const line = lines.find((candidate) => /^\s*Duration: /.test(candidate)) ?? '';
  const time = /Duration: (\d+):(\d+):([\d.]+)/.exec(line);
  return time === null ? undefined : Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]);
}
