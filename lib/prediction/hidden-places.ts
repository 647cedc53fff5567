// Owns which places of a model's grid are hidden in each tile of each frame of a file: what a person named, rounded outward,
// and what is drawn window by window. Knows nothing of the order in which windows are filled in.
import { LacunaError } from '../clip/lacuna-error.js';
import { planTaps } from '../clip/resampling-taps.js';
import type { TokenGrid } from '../clip/token-grid.js';
import type { BoxPart } from '../masking/box.js';
import type { HideExpression } from '../masking/hide-expression.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { type MaskKey, planMask } from '../masking/plan-mask.js';
import type { FileHiding } from './file-hiding.js';
import type { Tile } from './tiles.js';

/** What is hidden where; a place is `row · columns + column` of the grid. */
export type HiddenPlaces = {
  /** `[rows · columns]`, 1 where it is hidden; nothing where none is. Not to be changed. */
  readonly of: (frame: number, tile: number) => Uint8Array | undefined;
  /** The same of what is drawn alone, which is alike in all tiles. */
  readonly drawn: (frame: number) => Uint8Array | undefined;
  /** Whether a part that names its frames hides something of the frame. */
  readonly isNamed: (frame: number) => boolean;
  /** Whether anything hides something of the frame. */
  readonly isTouched: (frame: number) => boolean;
  /** The tiles of which anything is hidden in any frame, ascending. */
  readonly tiles: readonly number[];
};

/** How a file is read. */
export type HidingContext = {
  readonly grid: TokenGrid;
  readonly tiles: readonly Tile[];
  /** From one frame of a clip to the next. */
  readonly step: number;
  readonly seed: number;
};

/**
 * Drawn parts are of windows of T frames that follow each other from the first frame on, for each phase.
 * @throws {LacunaError} `usage` where a drawn part does not fit the model's grid.
 */
export function createHiddenPlaces(hiding: FileHiding, context: HidingContext): HiddenPlaces {
  const { grid, tiles } = context;
  const places = grid.rows * grid.columns;
  const all = new Uint8Array(places).fill(1);
  const boxes = hiding.boxes.map((part) => ({ part, places: tiles.map((tile) => placesOfBox(part, tile, grid)) }));
  const isWhole = (frame: number) => hiding.whole[frame] === 1;
  const drawn = createDrawnPlaces(hiding, context);
  const boxesAt = (frame: number) => boxes.filter(({ part }) => frame >= part.first && frame <= part.last);
  const isNamed = (frame: number) => isWhole(frame) || boxesAt(frame).length > 0;
  const touched = tiles.map(
    (_, tile) => hiding.random.length > 0 || hiding.whole.includes(1) || boxes.some((box) => box.places[tile]),
  );
  return {
    of: (frame, tile) => {
      if (isWhole(frame)) return all;
      const parts = [...boxesAt(frame).map((box) => box.places[tile]), drawn(frame)].filter(
        (part) => part !== undefined,
      );
      const [first] = parts;
      if (first === undefined || parts.length === 1) return first;
      return first.map((_, place) => (parts.some((part) => part[place] === 1) ? 1 : 0));
    },
    drawn: (frame) => (isWhole(frame) ? undefined : drawn(frame)),
    isNamed,
    isTouched: (frame) => isNamed(frame) || drawn(frame) !== undefined,
    tiles: Array.from(tiles.keys()).filter((tile) => touched[tile]),
  };
}

/** The places whose pixels a pixel of the box has a part in; nothing where it lies outside of the tile. */
function placesOfBox(
  { x, y, width, height }: BoxPart,
  { window, target }: Tile,
  grid: TokenGrid,
): Uint8Array | undefined {
  const across = cellsOfSpan(
    x - window.left,
    width,
    { from: window.width, to: target.width, start: target.left },
    grid,
  );
  const down = cellsOfSpan(y - window.top, height, { from: window.height, to: target.height, start: target.top }, grid);
  if (across.size === 0 || down.size === 0) return undefined;
  const hidden = new Uint8Array(grid.rows * grid.columns);
  for (const row of down) for (const column of across) hidden[row * grid.columns + column] = 1;
  return hidden;
}

/** How a line of pixels comes to another length, and where it stands then. */
type LineScale = { readonly from: number; readonly to: number; readonly start: number };

/** The cells of `p` pixels in which a pixel is made of any of the `length` ones from `first` on. */
function cellsOfSpan(
  first: number,
  length: number,
  { from, to, start }: LineScale,
  { tubelet }: TokenGrid,
): Set<number> {
  const taps = planTaps(from, to, false);
  const cells = new Set<number>();
  for (let pixel = 0; pixel < to; pixel++) {
    for (let tap = 0; tap < taps.count; tap++) {
      const source = (taps.first[pixel] ?? 0) + tap;
      const isMadeOf = (taps.weights[pixel * taps.count + tap] ?? 0) > 0;
      if (isMadeOf && source >= first && source < first + length) cells.add(Math.floor((start + pixel) / tubelet.size));
    }
  }
  return cells;
}

/** Plans that are kept at once for each phase: those of the windows that overlap one that is filled in, and some more. */
const keptPlans = 8;

function createDrawnPlaces(
  { random, whole, frames }: FileHiding,
  { grid, step, seed }: HidingContext,
): (frame: number) => Uint8Array | undefined {
  if (random.length === 0) return () => undefined;
  // Says at once what does not fit the grid.
  planMask(random, grid, { seed, step: 0, sample: 0 });
  const length = grid.clip.frames;
  const plans = new Map<string, readonly (Uint8Array | undefined)[]>();
  const plan = (phase: number, window: number) => {
    const key = `${phase} ${window}`;
    const known = plans.get(key);
    if (known) return known;
    const isWhole = Array.from({ length }, (_, index) => {
      const frame = phase + (window * length + index) * step;
      return frame < frames && whole[frame] === 1;
    });
    const drawn = drawBeside(random, isWhole, grid, { seed, step: window, sample: phase });
    plans.set(key, drawn);
    for (const old of plans.keys()) {
      if (plans.size <= keptPlans * step) break;
      plans.delete(old);
    }
    return drawn;
  };
  return (frame) => {
    const position = Math.floor(frame / step);
    const inWindow = plan(frame % step, Math.floor(position / length));
    return inWindow[Math.floor((position % length) / grid.tubelet.frames)];
  };
}

/** What is drawn of a window of which some frames are hidden anyhow: from its other steps, and nothing where those are too few. */
function drawBeside(
  random: HideExpression,
  isWhole: readonly boolean[],
  grid: TokenGrid,
  key: MaskKey,
): readonly (Uint8Array | undefined)[] {
  const { frames } = grid.tubelet;
  // A step is drawn from while one of its frames is left.
  const whole = Array.from({ length: grid.steps }, (_, step) => step * frames).flatMap((first) =>
    isWhole.slice(first, first + frames).every(Boolean)
      ? [{ kind: 'gap' as const, first, last: first + frames - 1 }]
      : [],
  );
  if (whole.length === grid.steps) return [];
  try {
    return placesOfSteps(planMask([...whole, ...random], grid, key));
  } catch (error) {
    // That the parts fit a window of which nothing else is hidden is known.
    if (whole.length > 0 && error instanceof LacunaError) return [];
    throw error;
  }
}

/** The hidden places of each step; nothing where none is. */
function placesOfSteps({ grid, hidden }: MaskPlan): readonly (Uint8Array | undefined)[] {
  const places = grid.rows * grid.columns;
  const steps = Array.from({ length: grid.steps }, (): Uint8Array | undefined => undefined);
  for (const token of hidden) {
    const at = Math.floor(token / places);
    const step = (steps[at] ??= new Uint8Array(places));
    step[token % places] = 1;
  }
  return steps;
}
