// Owns what ffmpeg's description of a stream says of its picture: which light its numbers mean, whether parts of it are
// transparent. Knows nothing of what is done about it.
import type { Light } from './standard-light.js';

/** What changes how a stream is decoded. */
export type StreamLook = {
  readonly light: Light;
  /** Whether the stream names the matrix between its numbers and RGB. */
  readonly hasMatrix: boolean;
  /** Whether it is too small for filters that look at neighbours; no interlaced picture is. */
  readonly isTiny: boolean;
  /** Whether a pixel can be transparent. */
  readonly hasAlpha: boolean;
  /** The decoder that sees the transparency, where ffmpeg's own does not: WebM keeps it beside the stream. */
  readonly alphaDecoder?: 'libvpx' | 'libvpx-vp9' | undefined;
};

/** Common video. */
export const plainLook: StreamLook = { light: 'bt709', hasMatrix: false, isTiny: false, hasAlpha: false };

/** What a file is taken for until ffmpeg describes it. */
export function guessLook(path: string): StreamLook {
  return { ...plainLook, hasAlpha: /\.(?:gif|apng)$/i.test(path) };
}

/** The line in which ffmpeg describes a stream, and what it says of it in the lines below. */
export type StreamLines = { readonly line: string; readonly about: readonly string[] };

/**
 * The first video stream of an input that is no cover picture, from what ffmpeg prints when it opens its inputs.
 * @param index of the input
 */
export function findVideoStream(lines: readonly string[], index = 0): StreamLines | undefined {
  const isStream = (line: string) => line.trimStart().startsWith(`Stream #${index}:`);
  const end = lines.findIndex((line) => /^(?:Output #0|Stream mapping:)/.test(line));
  const input = end < 0 ? lines : lines.slice(0, end);
  const start = input.findIndex((line) => isStream(line) && /: Video: /.test(line) && !line.includes('(attached pic)'));
  const line = input[start];
  if (line === undefined) return undefined;
  const next = input.findIndex((other, at) => at > start && (isStream(other) || other.startsWith('Input #')));
  return { line, about: input.slice(start + 1, next < 0 ? undefined : next) };
}

/** Formats of pixels with transparency; the colours of a palette may have it. */
const alphaFormat = /, (?:yuva|rgba|bgra|argb|abgr|gbrap|ya8|ya16|pal8)\w*(?=[,( ])/;

const alphaDecoders: { readonly [codec: string]: StreamLook['alphaDecoder'] } = { vp8: 'libvpx', vp9: 'libvpx-vp9' };

/** What a stream's lines say of its picture. */
export function readLook({ line, about }: StreamLines): StreamLook {
  const [matrix = 'unknown', primaries = matrix, transfer = matrix] = readColours(line);
  const codec = /: Video: (\w+)/.exec(line)?.[1];
  const alphaDecoder = about.some((other) => /^\s*alpha_mode\s*: 1$/i.test(other))
    ? alphaDecoders[codec ?? '']
    : undefined;
  return {
    light: lightOf(primaries, transfer),
    isTiny: isTiny(line),
    hasMatrix: matrix !== 'unknown' && matrix !== 'reserved',
    hasAlpha: alphaDecoder !== undefined || alphaFormat.test(line),
    alphaDecoder,
  };
}

/** Planes of colour may have a quarter of its columns and rows, and the smallest that can be deinterlaced has 3 and 4. */
const smallestSide = 16;

function isTiny(line: string): boolean {
  const size = readSize(line);
  return size !== undefined && Math.min(size.width, size.height) < smallestSide;
}

/** The size that the line of a stream says, in the file's own pixels; nothing where it says none. */
export function readSize(line: string): { readonly width: number; readonly height: number } | undefined {
  const size = /, (\d+)x(\d+)(?=[ ,]|$)/.exec(line);
  return size === null ? undefined : { width: Number(size[1]), height: Number(size[2]) };
}

/** Matrix, primaries and transfer of `yuv420p10le(tv, bt2020nc/bt2020/smpte2084, progressive)`; one name stands for all. */
function readColours(line: string): readonly string[] {
  const words = /, \w+\(([^)]*)\)(?=, (?:\d+x\d+|none))/.exec(line)?.[1]?.split(', ') ?? [];
  const named = words.find((word) => word.includes('/') || /^(?:bt|smpte|gbr|fcc|ycgco)/.test(word));
  return named?.split('/') ?? [];
}

function lightOf(primaries: string, transfer: string): Light {
  if (transfer === 'smpte2084') return 'pq';
  if (transfer === 'arib-std-b67') return 'hlg';
  return primaries === 'bt2020' ? 'bt2020' : 'bt709';
}

/** Whether two looks ask for the same decoding. */
export function isSameLook(one: StreamLook, other: StreamLook): boolean {
  return (
    one.light === other.light &&
    one.isTiny === other.isTiny &&
    one.hasAlpha === other.hasAlpha &&
    one.alphaDecoder === other.alphaDecoder &&
    (one.light === 'bt709' || one.hasMatrix === other.hasMatrix)
  );
}
