// Owns one video file's run of ffmpeg: where reading begins, and the graph that suits the stream, told from what ffmpeg says
// of it before the first frame. Knows nothing of frames.
import { setImmediate } from 'node:timers/promises';
import { decodeGraph, type Fit, type GraphSpan } from './decode-graph.js';
import { inputFileArguments, quietArguments, rawOutputArguments } from './ffmpeg-arguments.js';
import { defaultTimeoutSeconds, type FfmpegLimits, type FfmpegOutcome, runFfmpeg } from './ffmpeg-process.js';
import type { Ffmpeg } from './find-ffmpeg.js';
import { readFirstSeconds } from './first-time.js';
import { listsKeyFrames } from './source-file.js';
import { findVideoStream, guessLook, isSameLook, readLook, type StreamLook } from './stream-look.js';

/** What comes out. */
export type DecodedPicture = GraphSpan & {
  readonly width: number;
  readonly height: number;
  readonly fit: Fit;
  /** Frames a second; each frame once where it is not given. */
  readonly fps?: number | undefined;
  /** That decode. */
  readonly threads: number;
  /** Width × height of a picture above which it is not decoded. */
  readonly maxPixels?: number | undefined;
};

/**
 * Yields the raw frames of a file's video stream as ffmpeg writes them, and returns how it ended. The run is begun as for
 * common video; where ffmpeg then describes another stream, it is ended before its first frame and begun anew.
 * @param picture with `marginSeconds`, which are read before the start where reading does not begin at the beginning
 */
export async function* runDecoder(
  ffmpeg: Ffmpeg,
  path: string,
  { marginSeconds, ...picture }: DecodedPicture & { readonly marginSeconds: number },
  limits: FfmpegLimits,
): AsyncGenerator<Uint8Array, FfmpegOutcome> {
  const place = await planStart(ffmpeg, path, { ...picture, marginSeconds }, limits);
  // What stands before the start is decoded before the first frame comes, at least as fast as it plays.
  const timeoutSeconds = (limits.timeoutSeconds ?? defaultTimeoutSeconds) + (place.startSeconds ?? 0);
  const begin = (look: StreamLook, heard: (line: string) => void) =>
    runFfmpeg(ffmpeg, decoderWords(ffmpeg, [{ path, look, pipe: 'pipe:1' }], { ...picture, ...place }), {
      ...limits,
      timeoutSeconds,
      keepsLine: createErrorsOnly(heard),
    });
  const guess = guessLook(path);
  const said: string[] = [];
  const run = begin(guess, (line) => {
    if (said.length < describingLines) said.push(line);
  });
  try {
    const first = await run.next();
    // ffmpeg has described the stream before it wrote a frame, but its words may be read after it.
    await setImmediate();
    const stream = findVideoStream(said);
    const look = stream === undefined ? guess : readLook(stream);
    if (!isSameLook(look, guess)) {
      await run.return(leftEarly);
      const outcome = yield* begin(look, () => undefined);
      // A build without that decoder ends at once; what is beside the stream is then not seen.
      if (!outcome.log.some((line) => line.includes('Unknown decoder'))) return outcome;
      return yield* begin({ ...look, hasAlpha: false, alphaDecoder: undefined }, () => undefined);
    }
    if (first.done === true) return first.value;
    yield first.value;
    return yield* run;
  } finally {
    await run.return(leftEarly);
  }
}

/** A file with many streams and much metadata is described in this many lines; what is said later is of no use. */
const describingLines = 5000;

/** Stands for the end of a run that nobody waited for. */
const leftEarly: FfmpegOutcome = { exitCode: null, timedOut: false, log: [] };

/** A stream may show a frame for so many seconds, or tell its key frames so late: with this margin hardly any start is missed. */
export const safeMarginSeconds = 10;

type Start = Pick<GraphSpan, 'startSeconds' | 'isOnClock'> & {
  /** Where on the file's clock reading begins; nothing for the beginning. */
  readonly seekSeconds?: number;
};

/**
 * Without a list of key frames, only reading from the beginning is sure to meet the frame that is shown at the start. With
 * one, reading begins shortly before, and the picture's first time, which is then not met, is asked for.
 */
async function planStart(
  ffmpeg: Ffmpeg,
  path: string,
  { startSeconds, marginSeconds }: GraphSpan & { readonly marginSeconds: number },
  limits: FfmpegLimits,
): Promise<Start> {
  if (startSeconds === undefined || startSeconds <= marginSeconds || !(await listsKeyFrames(path)))
    return { startSeconds };
  const firstSeconds = await readFirstSeconds(ffmpeg, path, limits);
  if (firstSeconds === undefined) return { startSeconds };
  const seekSeconds = Math.floor(startSeconds + firstSeconds - marginSeconds);
  return { seekSeconds, startSeconds: startSeconds + firstSeconds - seekSeconds, isOnClock: true };
}

/** One file of a run, and where its frames go. */
export type DecoderInput = { readonly path: string; readonly look: StreamLook; readonly pipe: string };

/** The words of a run that decodes some files in the same way. */
export function decoderWords(
  ffmpeg: Ffmpeg,
  inputs: readonly DecoderInput[],
  { width, height, fps, fit, threads, maxPixels, seekSeconds, ...span }: DecodedPicture & Start,
): readonly string[] {
  return [
    ...quietArguments('info'),
    ...['-filter_threads', '1'],
    ...inputs.flatMap(({ path, look }) => [
      ...['-threads', `${threads}`],
      // The graph picks the start itself: ffmpeg would leave out the frame that is shown there, where it begins before.
      ...(seekSeconds === undefined ? [] : ['-noaccurate_seek', '-ss', `${seekSeconds}`]),
      ...(look.alphaDecoder === undefined ? [] : ['-c:v', look.alphaDecoder]),
      ...inputFileArguments(path, maxPixels),
    ]),
    ...inputs.flatMap(({ look, pipe }, index) => [
      ...['-map', `${index}:V:0`, '-an', '-sn', '-dn'],
      ...['-vf', decodeGraph(width, height, fit, fps, span, look)],
      ...rawOutputArguments(ffmpeg, pipe),
    ]),
  ];
}

/** Keeps errors and the lines that follow from them; whatever else ffmpeg says is only heard. */
export function createErrorsOnly(hear: (line: string) => void): (line: string) => boolean {
  let isKept = true;
  return (line) => {
    const level = /^(?:\[[^\]]* @ 0x[0-9a-f]+\] )*\[(panic|fatal|error|warning|info)\] /.exec(line)?.[1];
    if (level !== undefined) isKept = level !== 'info' && level !== 'warning';
    if (!isKept) hear(line.replace(/^\[info\] /, ''));
    return isKept;
  };
}
