// Owns points of the plane, y down. Knows nothing of what is there.

/** Pixels. */
export type Point = { readonly x: number; readonly y: number };

/** start + times · step */
export function move(start: Point, step: Point, times = 1): Point {
  return { x: start.x + times * step.x, y: start.y + times * step.y };
}

/** The point so far from the origin in a direction, radians from the x axis. */
export function polar(length: number, direction: number): Point {
  return { x: length * Math.cos(direction), y: length * Math.sin(direction) };
}

/** How far apart two points are. */
export function distanceBetween(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/** The point of [low, high] that a straight path reaches when the ends are mirrors: a triangle wave. */
export function fold(place: number, low: number, high: number): number {
  const span = high - low;
  const phase = (((place - low) % (2 * span)) + 2 * span) % (2 * span);
  return low + (phase <= span ? phase : 2 * span - phase);
}
