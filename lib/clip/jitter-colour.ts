// Owns the change of a clip's brightness, contrast, saturation and hue. Knows nothing of how much is wanted.
import { greyWeights } from './grey.js';

/** How much; factors of 1, and no turn, leave all as it is. Factors are from 0 to 2. */
export type ColourFactors = {
  /** 0 is black. */
  readonly brightness: number;
  /** 0 is the clip's mean grey. */
  readonly contrast: number;
  /** 0 is grey. */
  readonly saturation: number;
  /** How far hues are turned, in parts of the whole circle; a third makes red green. */
  readonly hue: number;
};

/** Of blue − grey in U, and of red − grey in V (the same). */
const chromaWeights = { u: 0.492, v: 0.877 } as const;

/** Parts of one in the whole numbers that are reckoned with. */
const one = 2 ** 16;

/**
 * Changes a clip `[T, H, W, C]` in place: brightness, then contrast, then saturation, as torchvision defines them, then hue, by which
 * U and V turn and grey stays (torchvision turns HSV's, which changes how light a colour is); but all frames alike (the mean is that
 * of the whole clip, so that nothing flickers), and cut off at 0 and 255 and rounded once, at the end. Saturation and hue leave grey
 * clips, of one channel, as they are.
 */
export function jitterColour(pixels: Uint8Array, factors: ColourFactors, channels: number): void {
  const { brightness, contrast, saturation, hue } = factors;
  if (channels === 1) {
    jitterGrey(pixels, factors);
    return;
  }
  // With x′ = b·x, x″ = c·x′ + (1 − c)·mean′ and H that turns what differs from grey: y = s·H·(x″ − grey(x″)) + grey(x″), and since
  // the mean is grey, y = (s·H·(1 − grey) + grey)·c·b·x + (1 − c)·mean′
  const matrix = turnHue(2 * Math.PI * hue).flatMap((row) => {
    const sum = row.reduce((total, value) => total + value, 0);
    return row.map((value, from) => {
      const grey = greyWeights[from] ?? 0;
      return Math.round(one * contrast * brightness * (saturation * (value - sum * grey) + grey));
    });
  });
  mix(pixels, matrix, Math.round(one * (1 - contrast) * brightness * meanGrey(pixels)) + one / 2);
}

/** y = c·b·x + (1 − c)·mean′, rounded as for colours. */
function jitterGrey(pixels: Uint8Array, { brightness, contrast }: ColourFactors): void {
  const factor = Math.round(one * contrast * brightness);
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const rest = Math.round(one * (1 - contrast) * brightness * mean) + one / 2;
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let at = 0; at < clamped.length; at++) clamped[at] = (factor * (clamped[at] ?? 0) + rest) >> 16;
}

/** What turns U and V by an angle, of what differs from grey in red, green and blue: `[3, 3]`. */
function turnHue(angle: number): readonly (readonly number[])[] {
  const [ofRed, ofGreen, ofBlue] = greyWeights;
  const { u, v } = chromaWeights;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const red = [cosine, 0, (sine * u) / v];
  const blue = [(-sine * v) / u, 0, cosine];
  // Grey stays 0.
  const green = red.map((value, from) => -(ofRed * value + ofBlue * (blue[from] ?? 0)) / ofGreen);
  return [red, green, blue];
}

/** Factors are at most 2, so that no coefficient is above 12 and the sums stay below 31 bits. */
function mix(pixels: Uint8Array, matrix: readonly number[], rest: number): void {
  const [rr = 0, rg = 0, rb = 0, gr = 0, gg = 0, gb = 0, br = 0, bg = 0, bb = 0] = matrix;
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let at = 0; at < pixels.length; at += 3) {
    const r = clamped[at] ?? 0;
    const g = clamped[at + 1] ?? 0;
    const b = clamped[at + 2] ?? 0;
    clamped[at] = (rr * r + rg * g + rb * b + rest) >> 16;
    clamped[at + 1] = (gr * r + gg * g + gb * b + rest) >> 16;
    clamped[at + 2] = (br * r + bg * g + bb * b + rest) >> 16;
  }
}

function meanGrey(pixels: Uint8Array): number {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    red += pixels[at] ?? 0;
    green += pixels[at + 1] ?? 0;
    blue += pixels[at + 2] ?? 0;
  }
  const [ofRed, ofGreen, ofBlue] = greyWeights;
  return (3 * (ofRed * red + ofGreen * green + ofBlue * blue)) / pixels.length;
}
