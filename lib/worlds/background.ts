// Owns what lies behind the shapes: a calm dark gradient. Knows nothing of shapes, motion or files.
import { between, type Random } from '../clip/random.js';
import { type Colour, mixColours, mutedColour } from './colours.js';

/** A background that goes evenly from one colour to another, corner to corner. */
export type Gradient = {
  readonly from: Colour;
  readonly to: Colour;
  /** Radians from the x axis, y down. */
  readonly direction: number;
};

/** Two dark colours of neighbouring hues, brightness (Rec. 601) 35 to 85 of 255, and a direction. */
export function chooseGradient(random: Random): Gradient {
  const hue = random.uniform();
  const direction = random.uniform() * 2 * Math.PI;
  const muted = (offset: number) => mutedColour(hue + offset, between(random, 0.55, 0.75), between(random, 35, 85));
  return { from: muted(0), to: muted(between(random, 0.05, 0.2)), direction };
}

/**
 * The gradient as a frame `uint8 [H, W, 3]`.
 * @param shift how far it has moved, pixels
 */
export function paintGradient(
  { from, to, direction }: Gradient,
  width: number,
  height: number,
  shift: { readonly x: number; readonly y: number } = { x: 0, y: 0 },
): Uint8Array {
  const [alongX, alongY] = [Math.cos(direction), Math.sin(direction)];
  const extent = Math.abs(alongX) * width + Math.abs(alongY) * height;
  const frame = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = (x + 0.5 - shift.x - width / 2) * alongX + (y + 0.5 - shift.y - height / 2) * alongY;
      const colour = mixColours(from, to, Math.min(1, Math.max(0, 0.5 + along / extent)));
      for (const [channel, value] of colour.entries()) frame[(y * width + x) * 3 + channel] = Math.round(value);
    }
  }
  return frame;
}
