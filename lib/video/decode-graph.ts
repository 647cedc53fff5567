// Owns the filter graph between the decoder and the frames: whole pictures, the asked times, plain light, the asked size.
// Knows nothing of processes and files.
import { lightFilters } from './standard-light.js';
import { plainLook, type StreamLook } from './stream-look.js';

/**
 * How a picture comes to the asked size: `cover` scales it until it covers all and cuts off the rest evenly, `contain`
 * scales it until it fits and fills the rest with black, `stretch` changes its proportions.
 */
export const fits = ['cover', 'contain', 'stretch'] as const;

/** One of the ways in which a picture comes to the asked size. */
export type Fit = (typeof fits)[number];

/** Which part of the time line is taken. */
export type GraphSpan = {
  /** Seconds from the first frame, or on the clock of the frames that come in where `isOnClock`. Default 0. */
  readonly startSeconds?: number | undefined;
  /** Whether the first frame that comes in is not the stream's first, and its clock tells them apart. Default false. */
  readonly isOnClock?: boolean | undefined;
  /** Seconds from there. Default: to the end. */
  readonly durationSeconds?: number | undefined;
};

/**
 * The `-vf` graph. ffmpeg turns the picture before it. Interlaced frames become whole ones, frames that are not are passed
 * on untouched; then the asked times are picked, so that frames that are left out are not scaled.
 * @param fps frames a second; each frame once where it is not given
 * @param look what the stream says of its picture; plain by default
 */
export function decodeGraph(
  width: number,
  height: number,
  fit: Fit,
  fps: number | undefined,
  span: GraphSpan = {},
  look: StreamLook = plainLook,
): string {
  return [
    ...(look.isTiny ? [] : ['bwdif=mode=send_frame:deint=interlaced']),
    ...(fps === undefined ? spanFilters(span) : rateFilters(fps, span)),
    ...(look.hasAlpha ? [look.light === 'bt709' ? 'format=gbrap' : 'format=gbrap16le', 'premultiply=inplace=1'] : []),
    ...sizeFilters[fit](width, height, scaleWords(look), look.light === 'bt709' ? 'format=rgb24' : 'format=gbrp16le'),
    ...lightFilters[look.light],
    'format=rgb24',
  ].join(',');
}

/** A frame that begins this much after a time is shown at it: most containers round times to milliseconds. */
export const roundingSeconds = 0.001;

/** The share of a frame's time below which a span's end is taken for a whole number of frames. */
const wholeFrames = 1e-6;

/**
 * Frame `k` is the last one that begins at or before `k / fps`. The first frame is shown before it begins, so that times
 * before it are not missing. The end is counted in frames, since both sides of a time in decimals are wrong.
 */
function rateFilters(fps: number, span: GraphSpan): readonly string[] {
  const time = `ceil(PTS-${zeroOf(span)}-${roundingSeconds}/TB)`;
  const end = span.durationSeconds === undefined ? [] : [`trim=end_frame=${countFrames(span.durationSeconds, fps)}`];
  return [`setpts='${time}'`, `fps=${fps}:round=up:start_time=0`, ...end];
}

/** The time that becomes 0, in units of the stream. */
function zeroOf({ startSeconds = 0, isOnClock = false }: GraphSpan): string {
  return [...(isOnClock ? [] : ['STARTPTS']), ...(startSeconds === 0 ? [] : [`${startSeconds}/TB`])].join('-') || '0';
}

function countFrames(seconds: number, fps: number): number {
  return Math.max(1, Math.ceil(seconds * fps - wholeFrames));
}

/**
 * The frames that begin within the span. Each gets a time of its own far from the others, since ffmpeg complains of frames that follow each
 * other faster than the rate that it guesses.
 */
function spanFilters(span: GraphSpan): readonly string[] {
  const { startSeconds, durationSeconds } = span;
  const end = durationSeconds === undefined ? '' : `:end=${durationSeconds}`;
  const isWhole = startSeconds === undefined && durationSeconds === undefined;
  const cut = isWhole ? [] : [`setpts='round(PTS-${zeroOf(span)})'`, `trim=start=0${end}`];
  return [...cut, 'settb=1', `setpts=${secondsApart}*N`];
}

/** More than a frame's time at any rate that ffmpeg guesses. */
const secondsApart = 1000;

/**
 * Colours by the matrix and the range that the stream names; light beyond BT.709 whose matrix has no name is BT.2020.
 * Without the last two flags, colours are off by up to 3 of 255 and too dark by 1 on average.
 */
function scaleWords({ light, hasMatrix }: StreamLook): string {
  return `flags=bicubic+full_chroma_int+accurate_rnd:in_color_matrix=${light === 'bt709' || hasMatrix ? 'auto' : 'bt2020'}`;
}

/**
 * In terms of the shown proportions `dar`, so that pixels that are not square come out square. RGB before cutting, so that
 * odd offsets are exact; of 16 bits where light beyond BT.709 is mapped afterwards.
 */
const sizeFilters: {
  readonly [F in Fit]: (width: number, height: number, words: string, rgb: string) => readonly string[];
} = {
  cover: (width, height, words, rgb) => [
    `scale=w='round(max(${width},${height}*dar))':h='round(max(${height},${width}/dar))':${words}`,
    rgb,
    `crop=${width}:${height}`,
  ],
  contain: (width, height, words, rgb) => [
    `scale=w='max(1,round(min(${width},${height}*dar)))':h='max(1,round(min(${height},${width}/dar)))':${words}`,
    rgb,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`,
  ],
  stretch: (width, height, words, rgb) => [`scale=${width}:${height}:${words}`, rgb],
};
