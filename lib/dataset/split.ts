// Owns which clips are for training and which for validation. Knows nothing of pixels.
import { LacunaError } from '../clip/lacuna-error.js';
import { createRandom } from '../clip/random.js';
import type { ClipRecord } from './dataset-files.js';
import { groupKey } from './group-key.js';
import type { Dataset } from './open-dataset.js';

/** How a dataset is split. */
export type SplitOptions = {
  /** The part of the clips that is for validation, in [0, 1). 0: none but those whose `split` says so. */
  readonly validation: number;
  /** Decides which videos. */
  readonly seed: number;
};

/** Rows of a dataset, each ascending, none in both. */
export type Split = { readonly train: Int32Array; readonly validation: Int32Array };

/** What the split must know of a dataset. */
export type SplitDataset = Pick<Dataset, 'clips' | 'shape' | 'fps' | 'stride'>;

/**
 * Splits by group, so that no group and no video is on both sides: a video without a group is one of its own. Whole groups
 * are taken in an order drawn from the seed while they bring the part nearer to what was asked. With at least two groups
 * each side gets at least one. With only one, its last clips in time are for validation, and clips that share time with
 * those are in neither.
 *
 * Clips whose `split` is `test` are in neither, and so are those without a split of a group that has a test clip. Where a
 * split says `validation`, those groups are validated on and all others are for training. Where none does, validation is
 * drawn from the groups without a split; where there are fewer than two of these, from those for training as well.
 * @throws {RangeError} where `validation` is not in [0, 1).
 * @throws {LacunaError} `input` where the splits put a group on both sides, where the clips of a video are of several
 * groups, and where nothing is left for training.
 */
export function splitByVideo(dataset: SplitDataset, { validation, seed }: SplitOptions): Split {
  if (!(validation >= 0 && validation < 1)) throw new RangeError(`validation must be in [0, 1), got ${validation}`);
  const groups = listGroups(dataset.clips);
  const named = groups.filter(({ side }) => side === 'validation');
  const free = groups.filter(({ side }) => side === undefined);
  const drawn = free.length < 2 ? groups : free;
  const wanted = validation * rowsOf(groups).length;
  if (named.length === 0 && validation > 0 && drawn.length === 1) return splitByTime(dataset, rowsOf(drawn), wanted);
  const taken = new Set(named.length > 0 || validation === 0 ? named : drawGroups(drawn, wanted, seed));
  const split = {
    train: rowsOf(groups.filter((group) => !taken.has(group))),
    validation: rowsOf([...taken]),
  };
  if (split.train.length === 0) {
    throw new LacunaError(
      'input',
      'No clip is left for training, as the splits of the dataset give all of them to test and validation; prepare it with others.',
    );
  }
  checkGroupsApart(dataset.clips, split);
  return split;
}

/**
 * Checks that no group and no video has clips on both sides.
 * @throws {LacunaError} `input` where one has, with its name.
 */
export function checkGroupsApart(clips: readonly ClipRecord[], { train, validation }: Split): void {
  const keysOf = (rows: Int32Array) =>
    new Set(
      Array.from(rows).flatMap((row) => {
        const clip = clips[row];
        return clip ? [groupKey(clip), groupKey({ video: clip.video })] : [];
      }),
    );
  const trained = keysOf(train);
  for (const key of keysOf(validation)) if (trained.has(key)) throw onBothSides(key);
}

function onBothSides(key: string): LacunaError {
  return new LacunaError(
    'input',
    `The ${key} has clips for training and clips for validation; prepare the dataset with one split for all of it.`,
  );
}

/** Clips that stay together. */
type Group = {
  /** Those that are for training or for validation, ascending, at least one. */
  readonly rows: readonly number[];
  /** Which of both, where a record says so. */
  readonly side: 'train' | 'validation' | undefined;
};

/** The groups, in the order in which they first come. */
function listGroups(clips: readonly ClipRecord[]): readonly Group[] {
  const rowsByKey = new Map<string, number[]>();
  const keyByVideo = new Map<string, string>();
  for (const [row, clip] of clips.entries()) {
    const key = groupKey(clip);
    const rows = rowsByKey.get(key);
    if (rows) rows.push(row);
    else rowsByKey.set(key, [row]);
    const before = keyByVideo.get(clip.video) ?? key;
    if (before !== key) {
      throw new LacunaError(
        'input',
        `${clip.video} has clips of the ${before} and of the ${key}; give all clips of a video the same group.`,
      );
    }
    keyByVideo.set(clip.video, key);
  }
  return [...rowsByKey]
    .map(([key, rows]) => toGroup(key, rows, (row) => clips[row]?.split))
    .filter(({ rows }) => rows.length > 0);
}

function toGroup(key: string, all: readonly number[], splitOf: (row: number) => ClipRecord['split']): Group {
  const splits = new Set(all.map(splitOf));
  if (splits.has('train') && splits.has('validation')) throw onBothSides(key);
  const side = splits.has('train') ? 'train' : splits.has('validation') ? 'validation' : undefined;
  // Beside a test clip, one of which nothing is said may share its frames.
  const rows = splits.has('test') ? all.filter((row) => side !== undefined && splitOf(row) === side) : all;
  return { rows, side };
}

/** At least one of the groups and not all of them: in the order drawn, each that brings their clips nearer to so many. */
function drawGroups(groups: readonly Group[], wanted: number, seed: number): readonly Group[] {
  const places = createRandom(seed, 'split').shuffle(Int32Array.from(groups.keys()));
  const order = [...places].flatMap((place) => groups[place] ?? []);
  const taken: Group[] = [];
  let count = 0;
  for (const group of order) {
    const more = group.rows.length;
    const isNearer = Math.abs(count + more - wanted) < Math.abs(count - wanted);
    if (!isNearer || taken.length === groups.length - 1) continue;
    taken.push(group);
    count += more;
  }
  if (taken.length > 0 || order.length === 0) return taken;
  // Every group is too large for so small a part: the smallest one, the first drawn of those.
  return [order.reduce((best, group) => (group.rows.length < best.rows.length ? group : best))];
}

function rowsOf(groups: readonly Group[]): Int32Array {
  return Int32Array.from(groups.flatMap(({ rows }) => rows)).sort();
}

function splitByTime({ clips, shape, fps, stride }: SplitDataset, all: Int32Array, wanted: number): Split {
  if (all.length < 2) return { train: all, validation: new Int32Array(0) };
  const start = (row: number) => clips[row]?.startSeconds ?? 0;
  const inTime = [...all].sort((left, right) => start(left) - start(right));
  const count = Math.min(all.length - 1, Math.max(1, Math.round(wanted)));
  const validation = inTime.slice(all.length - count);
  const spanSeconds = ((shape.frames - 1) * stride + 1) / fps;
  const limit = start(validation[0] ?? 0) + 1e-9;
  const train = inTime.filter((row) => start(row) + spanSeconds <= limit);
  // Clips that all overlap cannot be kept apart; then there is no validation.
  if (train.length === 0) return { train: all, validation: new Int32Array(0) };
  return { train: Int32Array.from(train).sort(), validation: Int32Array.from(validation).sort() };
}
