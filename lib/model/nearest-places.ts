// Owns the choice of what stands for a place that is never visible: the nearest visible places around it. Knows nothing of pixels.

/** How many places stand for one: the nearest of each quarter of the plane. */
export const neighbourCount = 4;

/**
 * For each place of a grid the {@link neighbourCount} places that stand for it, and the weight of each. A known place stands for
 * itself with weight 1. Any other takes the nearest known place in each quarter of the plane around it, weighted by 1 / distance²
 * (Shepard 1968, section 3), of sum 1; where no place is known, all weights are 0. Of places as near as each other in one quarter
 * the one whose greater offset is the smaller is taken, and of those the first by rows.
 * @param known `[rows · columns]`, 1 where a place is visible at some step
 * @param into places `[rows · columns · neighbourCount]`, counted from `start`; weights, all 0 beforehand
 */
export function chooseNearest(
  known: Uint8Array,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  into: { readonly places: Int32Array; readonly weights: Float32Array; readonly start: number },
): void {
  const { places, weights, start } = into;
  for (let place = 0; place < known.length; place++) {
    const at = place * neighbourCount;
    for (let index = 0; index < neighbourCount; index++) places[at + index] = start + place;
    if (known[place] === 1) {
      weights[at] = 1;
      continue;
    }
    const found = search(known, rows, columns, place).filter(({ squared }) => squared < Infinity);
    const sum = found.reduce((total, { squared }) => total + 1 / squared, 0);
    for (const [index, { place: neighbour, squared }] of found.entries()) {
      places[at + index] = start + neighbour;
      weights[at + index] = 1 / squared / sum;
    }
  }
}

type Nearest = { place: number; squared: number };

/** The nearest known place of each quarter; at an infinite distance where there is none. Looks at one ring after the other. */
function search(known: Uint8Array, rows: number, columns: number, place: number): readonly Nearest[] {
  const [row, column] = [Math.floor(place / columns), place % columns];
  const [up, left, down, right] = [row, column, rows - 1 - row, columns - 1 - column];
  const nearest = Array.from({ length: neighbourCount }, (): Nearest => ({ place: -1, squared: Infinity }));
  // How far each quarter reaches, which is nowhere where the axis that it holds is outside.
  const reach = [
    right === 0 ? 0 : Math.max(right, down),
    down === 0 ? 0 : Math.max(down, left),
    left === 0 ? 0 : Math.max(left, up),
    up === 0 ? 0 : Math.max(up, right),
  ];
  const look = (y: number, x: number) => {
    if (y < -up || y > down || x < -left || x > right) return;
    const other = place + y * columns + x;
    const best = nearest[quarterOf(y, x)];
    const squared = y * y + x * x;
    if (known[other] === 1 && best !== undefined && squared < best.squared) {
      best.place = other;
      best.squared = squared;
    }
  };
  // What lies on a later ring is farther away than the ring's number.
  const isOpen = ({ squared }: Nearest, quarter: number, ring: number) =>
    squared > ring * ring && ring <= (reach[quarter] ?? 0);
  for (let ring = 1; nearest.some((best, quarter) => isOpen(best, quarter, ring)); ring++) {
    for (let x = -ring; x <= ring; x++) look(-ring, x);
    for (let y = 1 - ring; y < ring; y++) {
      look(y, -ring);
      look(y, ring);
    }
    for (let x = -ring; x <= ring; x++) look(ring, x);
  }
  return nearest;
}

/** The quarters hold one half axis each: right, down, left, up. Rows go down. */
function quarterOf(y: number, x: number): number {
  if (x > 0 && y >= 0) return 0;
  if (x <= 0 && y > 0) return 1;
  return x < 0 ? 2 : 3;
}
