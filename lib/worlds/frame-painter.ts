// Owns the drawing of shapes with smooth edges over a gradient. Knows nothing of motion or files.
import { edgeDistances, mixColours, type Colour, type ShapeKind } from './drawn-shape.js';

/** A background that goes evenly from one colour to another, corner to corner. */
export type Gradient = {
  readonly from: Colour;
  readonly to: Colour;
  /** Radians from the x axis, y down. */
  readonly direction: number;
};

/** A shape at one instant. */
export type PlacedShape = {
  readonly kind: ShapeKind;
  readonly colour: Colour;
  /** Pixels. */
  readonly radius: number;
  /** Pixels; the centre of the first pixel is at 0.5. */
  readonly centre: { readonly x: number; readonly y: number };
};

/** The gradient as a frame `uint8 [H, W, 3]`. */
export function paintGradient(gradient: Gradient, width: number, height: number): Uint8Array {
  const [alongX, alongY] = [Math.cos(gradient.direction), Math.sin(gradient.direction)];
  const extent = Math.abs(alongX) * width + Math.abs(alongY) * height;
  const frame = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = (x + 0.5 - width / 2) * alongX + (y + 0.5 - height / 2) * alongY;
      paint(frame, (y * width + x) * 3, mixColours(gradient.from, gradient.to, 0.5 + along / extent));
    }
  }
  return frame;
}

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

/** The pixels that a shape may touch along one axis: the first, and the one after the last. */
function pixelRange(centre: number, radius: number, length: number): [number, number] {
  return [Math.max(0, Math.floor(centre - radius - 1)), Math.min(length, Math.ceil(centre + radius + 1))];
}

function paint(frame: Uint8Array, offset: number, colour: Colour): void {
  for (const [channel, value] of colour.entries()) frame[offset + channel] = Math.round(value);
}
