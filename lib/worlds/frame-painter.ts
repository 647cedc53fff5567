// Owns the drawing of shapes with smooth edges over a background, and noise. Knows nothing of motion or files.
import type { Random } from '../clip/random.js';
import { type Colour, mixColours } from './colours.js';
import { edgeDistances, type ShapeKind } from './drawn-shape.js';

/** A shape at one instant. */
export type PlacedShape = {
  readonly kind: ShapeKind;
  readonly colour: Colour;
  /** Pixels. */
  readonly radius: number;
  /** Pixels; the centre of the first pixel is at 0.5. */
  readonly centre: { readonly x: number; readonly y: number };
};

/** A copy of the background `uint8 [H, W, 3]` with shapes on it, later ones above; an edge is one pixel of transition wide. */
export function drawFrame(
  background: Uint8Array,
  shapes: readonly PlacedShape[],
  width: number,
  height: number,
): Uint8Array {
  const frame = background.slice();
  for (const { kind, colour, radius, centre } of shapes) {
    const distance = edgeDistances[kind];
    const [left, right] = pixelRange(centre.x, radius, width);
    const [top, bottom] = pixelRange(centre.y, radius, height);
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const coverage = 0.5 - distance(x + 0.5 - centre.x, y + 0.5 - centre.y, radius);
        if (coverage <= 0) continue;
        const offset = (y * width + x) * 3;
        const below: Colour = [frame[offset] ?? 0, frame[offset + 1] ?? 0, frame[offset + 2] ?? 0];
        paint(frame, offset, mixColours(below, colour, Math.min(1, coverage)));
      }
    }
  }
  return frame;
}

/** Adds noise to each value of a frame, in place: normal, of a deviation in values of 255, cut off at 0 and 255. */
export function addNoise(frame: Uint8Array, deviation: number, random: Random): void {
  if (deviation === 0) return;
  for (const [index, value] of frame.entries()) {
    frame[index] = Math.min(255, Math.max(0, Math.round(value + deviation * random.normal())));
  }
}

/** The pixels that a shape may touch along one axis: the first, and the one after the last. */
function pixelRange(centre: number, radius: number, length: number): [number, number] {
  return [Math.max(0, Math.floor(centre - radius - 1)), Math.min(length, Math.ceil(centre + radius + 1))];
}

function paint(frame: Uint8Array, offset: number, colour: Colour): void {
  for (const [channel, value] of colour.entries()) frame[offset + channel] = Math.round(value);
}
