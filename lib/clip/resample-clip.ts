// Owns a part of a clip's pictures → a clip of another size, each frame in the same way. Knows nothing of which part is wanted.
import { type ClipShape, frameLength } from './clip.js';
import { kernelSlack, openResampleKernel, type ResampleKernel } from './resample-kernel.js';
import { planTaps, type ResamplingTaps, weightBits } from './resampling-taps.js';

/** A part of a picture, in whole pixels; it lies within the picture. */
export type PictureWindow = {
  /** From the left edge and the upper one, from 0. */
  readonly left: number;
  readonly top: number;
  /** Pixels, at least 1. */
  readonly width: number;
  readonly height: number;
};

/**
 * Brings the window of each frame of `source` `[T, H, W, C]` to the size of `target` `[T, H′, W′, C]`, other memory; `isMirrored`
 * says whether left becomes right. Bilinear, averaging where it gets smaller; nothing outside the window is looked at.
 */
export type ResampleClip = (source: Uint8Array, window: PictureWindow, target: Uint8Array, isMirrored: boolean) => void;

/** How the window of one picture comes to its new size. */
type Resampling = {
  /** Of the window's first value in a picture. */
  readonly origin: number;
  readonly across: ResamplingTaps;
  readonly down: ResamplingTaps;
};

/** Does it for one picture. */
type ResamplePicture = (source: Uint8Array, target: Uint8Array) => void;

/**
 * Resampling between clips of two shapes of the same frames and channels. Both passes are exact in whole numbers and rounded once,
 * at the end: the same bytes on every machine.
 * @param isPlain whether to do without the processor's vector instructions; the bytes are the same. Default false.
 */
export function createResampler(from: ClipShape, to: ClipShape, isPlain = false): ResampleClip {
  const { frames, channels } = from;
  const withKernel = isPlain || channels !== 3 ? undefined : openKernel(from, to);
  return (source, window, target, isMirrored) => {
    const across = planTaps(window.width, to.width, isMirrored);
    const down = planTaps(window.height, to.height, false);
    const resampling = { across, down, origin: (window.top * from.width + window.left) * channels };
    const isOfPairs = across.count === 2 && down.count === 2;
    const resample = withKernel && isOfPairs ? withKernel(resampling) : resamplePlainly(from, resampling);
    for (let frame = 0; frame < frames; frame++) {
      resample(
        source.subarray(frame * frameLength(from), (frame + 1) * frameLength(from)),
        target.subarray(frame * frameLength(to), (frame + 1) * frameLength(to)),
      );
    }
  };
}

function resamplePlainly({ width, channels }: ClipShape, { origin, across, down }: Resampling): ResamplePicture {
  const length = across.first.length * channels;
  // Lines at their new width: those that the line in hand is made of.
  const lines = Array.from({ length: down.count }, () => new Int32Array(length));
  const sums = new Int32Array(length);
  return (source, target) => {
    let made = 0;
    for (let line = 0; line < down.first.length; line++) {
      const first = down.first[line] ?? 0;
      for (made = Math.max(made, first); made < first + down.count; made++) {
        const into = lines[made % down.count];
        if (into) resampleLine(source, origin + made * width * channels, across, channels, into);
      }
      sums.fill(2 ** (2 * weightBits - 1));
      for (let tap = 0; tap < down.count; tap++) {
        const from = lines[(first + tap) % down.count];
        if (from) addLine(from, down.weights[line * down.count + tap] ?? 0, sums);
      }
      for (let at = 0; at < length; at++) target[line * length + at] = (sums[at] ?? 0) >> (2 * weightBits);
    }
  };
}

/** One line from `start` on, in parts of `2 ** weightBits`. */
function resampleLine(
  source: Uint8Array,
  start: number,
  { count, first, weights }: ResamplingTaps,
  channels: number,
  into: Int32Array,
): void {
  for (let place = 0, at = 0; place < first.length; place++) {
    const pixel = start + (first[place] ?? 0) * channels;
    for (let channel = 0; channel < channels; channel++, at++) {
      let sum = 0;
      for (let tap = 0; tap < count; tap++) {
        sum += (source[pixel + tap * channels + channel] ?? 0) * (weights[place * count + tap] ?? 0);
      }
      into[at] = sum;
    }
  }
}

function addLine(line: Int32Array, weight: number, into: Int32Array): void {
  for (let at = 0; at < into.length; at++) into[at] = (into[at] ?? 0) + Math.imul(line[at] ?? 0, weight);
}

/** The same for two neighbours and three channels, by the kernel; nothing where there is none. */
function openKernel(from: ClipShape, to: ClipShape): ((resampling: Resampling) => ResamplePicture) | undefined {
  const lineLength = to.width * 3;
  const lineBytes = lineLength * Int32Array.BYTES_PER_ELEMENT;
  // Where things stand in its memory.
  const table = 0;
  const tableEnd = table + to.width * tableBytes;
  const evenLine = tableEnd + kernelSlack;
  const oddLine = evenLine + lineBytes + kernelSlack;
  const picture = oddLine + lineBytes + kernelSlack;
  const result = picture + frameLength(from) + kernelSlack;
  const resultEnd = result + frameLength(to);
  const kernel = openResampleKernel(resultEnd + kernelSlack);
  if (kernel === undefined) return undefined;
  const bytes = new Uint8Array(kernel.memory);
  return ({ origin, across, down }) => {
    writeTable(kernel, table, across);
    return (source, target) => {
      bytes.set(source, picture);
      let made = 0;
      for (let line = 0; line < down.first.length; line++) {
        const first = down.first[line] ?? 0;
        for (made = Math.max(made, first); made < first + 2; made++) {
          const start = picture + origin + made * from.width * 3;
          kernel.resampleLine(start, table, tableEnd, made % 2 === 0 ? evenLine : oddLine);
        }
        const [upper, lower] = first % 2 === 0 ? [evenLine, oddLine] : [oddLine, evenLine];
        const [near, far] = [down.weights[2 * line] ?? 0, down.weights[2 * line + 1] ?? 0];
        kernel.sumLines(upper, lower, upper + lineBytes, near, far, result + line * lineLength);
      }
      target.set(bytes.subarray(result, resultEnd));
    };
  };
}

/** Bytes of a pixel in the kernel's table. */
const tableBytes = 8;

function writeTable({ memory }: ResampleKernel, table: number, { first, weights }: ResamplingTaps): void {
  const view = new DataView(memory, table);
  for (const [place, pixel] of first.entries()) {
    view.setInt32(tableBytes * place, 3 * pixel, true);
    view.setInt16(tableBytes * place + 4, weights[2 * place] ?? 0, true);
    view.setInt16(tableBytes * place + 6, weights[2 * place + 1] ?? 0, true);
  }
}
