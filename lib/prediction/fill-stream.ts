// Owns the filling in of a file's hidden frames while they are asked for one after the other: it reads no further than a round
// of windows needs, and forgets what no later one needs. Knows nothing of what becomes of them.
import { LacunaError } from '../clip/lacuna-error.js';
import type { TokenGrid } from '../clip/token-grid.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import { gridOfModel } from '../model/model-config.js';
import type { LoadedModel } from '../run/load-model.js';
import { fillClips, mostClips } from './fill-clips.js';
import type { FillSchedule, FillWindow } from './fill-rounds.js';
import type { HiddenPlaces } from './hidden-places.js';
import type { TilePictures } from './tile-pictures.js';
import type { Tile } from './tiles.js';

/** What the model made of a frame: the square `[S, S, C]` of each tile of which something was hidden, by the tile's number. */
export type FrameFill = ReadonlyMap<number, Uint8Array>;

/** Fills frames in; they are asked for in ascending order. */
export type FillStream = {
  /** @throws {RangeError} where nothing of the frame is filled in. */
  readonly fillOf: (frame: number) => Promise<FrameFill>;
  /** Ends the reading. */
  readonly close: () => Promise<void>;
};

/** What is filled in, and of what. */
export type FillStreamOptions = {
  readonly model: LoadedModel;
  readonly places: HiddenPlaces;
  readonly schedule: FillSchedule;
  readonly tiles: readonly Tile[];
  readonly pictures: TilePictures;
  /** `[N′]`, 1 where the file has no such frame. */
  readonly absent: Uint8Array;
  readonly signal: AbortSignal | undefined;
};

/** One tile of one window, and what the model is to see of it. */
type Job = { readonly window: FillWindow; readonly tile: number; readonly plan: MaskPlan };

/** @param source the file's own frames `uint8 [H, W, 3]`, in order; read once, no further than needed */
export function createFillStream(options: FillStreamOptions, source: AsyncGenerator<Uint8Array, void>): FillStream {
  const { model, places, schedule, tiles, pictures, absent, signal } = options;
  const grid = gridOfModel(model.config.model);
  const { rounds } = schedule;
  const { roundOf, isNeeded, neededFrom } = surveyRounds(schedule, absent.length);
  const batch = Math.min(
    mostClips,
    rounds.reduce((most, { length }) => Math.max(most, length), 1) * places.tiles.length,
  );
  const squares = new Map<number, ReadonlyMap<number, Uint8Array>>();
  const fills = new Map<number, Map<number, Uint8Array>>();
  const black = new Uint8Array(grid.clip.height * grid.clip.width * grid.clip.channels);
  let [readTo, nextRound] = [0, 0];

  const read = async (last: number): Promise<void> => {
    for (; readTo <= last; readTo++) {
      if (absent[readTo] === 1) continue;
      const { value: picture } = await source.next();
      if (!picture)
        throw new LacunaError('input', 'The video has fewer frames than before; leave it alone while it is read.');
      if (isNeeded[readTo] !== 1) continue;
      // Of what is hidden wholly the model sees nothing.
      const seen = places.tiles.filter((tile) => places.of(readTo, tile)?.includes(0) !== false);
      squares.set(readTo, new Map(seen.map((tile) => [tile, pictures.shrink(picture, tileAt(tiles, tile))])));
    }
  };
  const planOf = ({ frames }: FillWindow, tile: number): MaskPlan =>
    planOfFrames(frames, grid, (frame) => (fills.get(frame)?.has(tile) ? undefined : places.of(frame, tile)));
  const clipOf = ({ window, tile }: Job): Uint8Array => {
    const clip = new Uint8Array(window.frames.length * black.length);
    for (const [index, frame] of window.frames.entries()) {
      clip.set(fills.get(frame)?.get(tile) ?? squares.get(frame)?.get(tile) ?? black, index * black.length);
    }
    return clip;
  };
  const runRound = async (round: number): Promise<void> => {
    const windows = rounds[round] ?? [];
    await read(windows.reduce((last, { frames }) => Math.max(last, frames[0] ?? 0, frames.at(-1) ?? 0), 0));
    const made: { readonly frame: number; readonly tile: number; readonly square: Uint8Array }[] = [];
    for (const jobs of batches(jobsOf(windows, places, planOf), batch)) {
      signal?.throwIfAborted();
      const filled = await fillClips(
        model,
        jobs.map(clipOf),
        jobs.map(({ plan }) => plan),
        batch,
      );
      for (const [index, { window, tile }] of jobs.entries()) {
        for (const place of window.filled) {
          const frame = window.frames[place] ?? 0;
          if (places.of(frame, tile) === undefined) continue;
          const values = filled[index]?.subarray(place * black.length, (place + 1) * black.length) ?? black;
          made.push({ frame, tile, square: Uint8Array.from(values, Math.round) });
        }
      }
    }
    // Not before: the windows of a round do not see each other's.
    for (const { frame, tile, square } of made) {
      const known = fills.get(frame) ?? new Map<number, Uint8Array>();
      fills.set(frame, known.set(tile, square));
    }
  };
  const forget = (asked: number): void => {
    const needed = neededFrom[nextRound] ?? Infinity;
    for (const frame of squares.keys()) if (frame < needed) squares.delete(frame);
    for (const frame of fills.keys()) if (frame < Math.min(needed, asked)) fills.delete(frame);
  };
  return {
    fillOf: async (frame) => {
      const round = roundOf[frame] ?? -1;
      if (round < 0) throw new RangeError(`frame ${frame} is not filled in`);
      while (nextRound <= round) {
        await runRound(nextRound);
        nextRound += 1;
        forget(frame);
      }
      return fills.get(frame) ?? new Map<number, Uint8Array>();
    },
    close: async () => {
      await source.return();
    },
  };
}

/** Which round fills each frame in, which frames any window holds, and the first frame that a round or a later one holds. */
function surveyRounds({ rounds }: FillSchedule, frames: number) {
  const roundOf = new Int32Array(frames).fill(-1);
  const isNeeded = new Uint8Array(frames);
  const neededFrom = new Float64Array(rounds.length).fill(Infinity);
  let from = Infinity;
  for (let round = rounds.length - 1; round >= 0; round--) {
    for (const window of rounds[round] ?? []) {
      for (const frame of window.frames) {
        isNeeded[frame] = 1;
        from = Math.min(from, frame);
      }
      for (const place of window.filled) roundOf[window.frames[place] ?? 0] = round;
    }
    neededFrom[round] = from;
  }
  return { roundOf, isNeeded, neededFrom };
}

function* jobsOf(
  windows: readonly FillWindow[],
  places: HiddenPlaces,
  planOf: (window: FillWindow, tile: number) => MaskPlan,
): Generator<Job> {
  for (const window of windows) {
    const filled = window.filled.map((place) => window.frames[place] ?? 0);
    for (const tile of places.tiles) {
      if (filled.some((frame) => places.of(frame, tile) !== undefined))
        yield { window, tile, plan: planOf(window, tile) };
    }
  }
}

/** Jobs in their order, at most so many at once and of one count of hidden tokens. */
function* batches(jobs: Iterable<Job>, most: number): Generator<readonly Job[]> {
  let waiting: Job[] = [];
  for (const job of jobs) {
    const [first] = waiting;
    if (first && (waiting.length === most || first.plan.hidden.length !== job.plan.hidden.length)) {
      yield waiting;
      waiting = [];
    }
    waiting.push(job);
  }
  if (waiting.length > 0) yield waiting;
}

/** Hides a tubelet where any of its frames is hidden at its place. */
function planOfFrames(
  frames: Int32Array,
  grid: TokenGrid,
  placesOf: (frame: number) => Uint8Array | undefined,
): MaskPlan {
  const places = grid.rows * grid.columns;
  const isHidden = new Uint8Array(grid.tokens);
  for (const [index, frame] of frames.entries()) {
    const start = Math.floor(index / grid.tubelet.frames) * places;
    for (const [place, value] of placesOf(frame)?.entries() ?? []) if (value === 1) isHidden[start + place] = 1;
  }
  const tokens = Array.from(isHidden.keys());
  const visible = Int32Array.from(tokens.filter((token) => isHidden[token] === 0));
  if (visible.length === 0) {
    throw new LacunaError(
      'usage',
      `--hide leaves nothing visible in a window of the frames ${Math.min(...frames)} to ${Math.max(...frames)}; hide less, or leave out --tile.`,
    );
  }
  return {
    grid,
    visible,
    hidden: Int32Array.from(tokens.filter((token) => isHidden[token] === 1)),
    unused: new Int32Array(0),
  };
}

function tileAt(tiles: readonly Tile[], index: number): Tile {
  const tile = tiles[index];
  if (tile === undefined) throw new RangeError(`there is no tile ${index}`);
  return tile;
}
