// Owns which labelled clips are for training, for validation and for testing, and the drawing of few of them. Knows nothing of pixels.
import { LacunaError } from '../clip/lacuna-error.js';
import { createRandom } from '../clip/random.js';
import type { ClipRecord } from './dataset-files.js';
import { groupKey } from './group-key.js';

/** How labelled clips are split. */
export type LabelledSplitOptions = {
  /** The part of each class's groups that is for validation where no clip says so itself, in [0, 1). */
  readonly validation: number;
  /** The part that is for testing where no clip says so itself, in [0, 1). */
  readonly test: number;
  /** Decides which groups. */
  readonly seed: number;
};

/** Rows of a dataset, each ascending, none in two. */
export type LabelledSplit = {
  /** The classes, by code unit. */
  readonly labels: readonly string[];
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
};

type Side = 'train' | 'validation' | 'test';

/** Clips that stay together. */
type Group = { readonly key: string; readonly rows: number[]; readonly label: string; side: Side | undefined };

/**
 * Splits by group, so that no group and no video is on two sides. What clips say themselves holds. Where none says `test`, groups of
 * each class of which nothing is said are drawn for it, and where none says `validation`, of those and of those for training: at least
 * one where the class has three or more.
 * @throws {LacunaError} `input` where fewer than two classes are there, a group is on two sides, or a class has no clip for training.
 */
export function splitLabelled(
  clips: readonly ClipRecord[],
  { validation, test, seed }: LabelledSplitOptions,
): LabelledSplit {
  const groups = listGroups(clips);
  const labels = [...new Set(groups.map(({ label }) => label))].sort();
  if (labels.length < 2) {
    const found = labels.length === 0 ? 'no clip has a label' : `all are ${labels.join()}`;
    throw new LacunaError('input', `There must be at least two classes, and ${found}; prepare with --labels.`);
  }
  const hasNamed = (side: Side) => groups.some((group) => group.side === side);
  const parts = { test: hasNamed('test') ? 0 : test, validation: hasNamed('validation') ? 0 : validation };
  const draw = (side: 'test' | 'validation', label: string, from: readonly (Side | undefined)[]) => {
    const free = groups.filter((group) => group.label === label && from.includes(group.side));
    const count = parts[side] === 0 || free.length < 3 ? 0 : Math.max(1, Math.round(parts[side] * free.length));
    const order = createRandom(seed, `labelled split ${side} ${label}`).shuffle(Int32Array.from(free.keys()));
    for (const place of order.subarray(0, Math.min(count, free.length - 1))) {
      const group = free[place];
      if (group !== undefined) group.side = side;
    }
  };
  for (const label of labels) {
    draw('test', label, [undefined]);
    draw('validation', label, [undefined, 'train']);
  }
  const rowsOf = (side: Side) =>
    Int32Array.from(groups.filter((group) => (group.side ?? 'train') === side).flatMap(({ rows }) => rows)).sort();
  const split = { labels, train: rowsOf('train'), validation: rowsOf('validation'), test: rowsOf('test') };
  const trained = new Set(Array.from(split.train, (row) => clips[row]?.label));
  const missing = labels.find((label) => !trained.has(label));
  if (missing !== undefined) {
    throw new LacunaError('input', `No clip of the class ${missing} is for training; give it another split.`);
  }
  return split;
}

/**
 * Draws so many clips of each class, from as many groups as there are.
 * @param draw which draw; each is another
 * @throws {LacunaError} `usage` where a class has fewer.
 */
export function drawPerClass(
  clips: readonly ClipRecord[],
  rows: Int32Array,
  perClass: number,
  { seed, draw }: { readonly seed: number; readonly draw: number },
): Int32Array {
  const byLabel = new Map<string, number[]>();
  for (const row of rows) {
    const label = clips[row]?.label;
    if (label !== undefined) byLabel.set(label, [...(byLabel.get(label) ?? []), row]);
  }
  const drawn = [...byLabel].sort().flatMap(([label, own]) => {
    if (own.length < perClass) {
      throw new LacunaError(
        'usage',
        `--labels-per-class ${perClass} asks for more clips than the class ${label} has: ${own.length}.`,
      );
    }
    const order = createRandom(seed, `labels per class ${label}`, draw).shuffle(Int32Array.from(own));
    return takeInTurns([...order], (row) => groupKey(clips[row] ?? { video: '' })).slice(0, perClass);
  });
  return Int32Array.from(drawn).sort();
}

/** Which few clips are drawn. */
export type FewOptions = {
  /** Of each class; all where it is absent. */
  readonly labelsPerClass?: number | undefined;
  /** Which draw; each is another. */
  readonly draw: number;
  readonly seed: number;
};

/**
 * The split with so many clips of each class for training, and at most as many for validation; all test clips stay.
 * @throws {LacunaError} `usage` where a class has fewer for training.
 */
export function drawFewRows(
  clips: readonly ClipRecord[],
  split: LabelledSplit,
  { labelsPerClass, draw, seed }: FewOptions,
): LabelledSplit {
  if (labelsPerClass === undefined) return split;
  const { train, validation } = split;
  const toChooseBy = Math.min(labelsPerClass, leastOfClass(clips, validation));
  return {
    ...split,
    train: drawPerClass(clips, train, labelsPerClass, { seed, draw: 2 * draw }),
    validation:
      toChooseBy === 0 ? validation : drawPerClass(clips, validation, toChooseBy, { seed, draw: 2 * draw + 1 }),
  };
}

/** How many clips the class with the fewest has. */
function leastOfClass(clips: readonly ClipRecord[], rows: Int32Array): number {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const label = clips[row]?.label ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts.size === 0 ? 0 : Math.min(...counts.values());
}

/** The first of each group, then the second of each, and so on. */
function takeInTurns(rows: readonly number[], keyOf: (row: number) => string): readonly number[] {
  const counts = new Map<string, number>();
  const turns = rows.map((row) => {
    const turn = counts.get(keyOf(row)) ?? 0;
    counts.set(keyOf(row), turn + 1);
    return { row, turn };
  });
  return turns.sort((one, other) => one.turn - other.turn).map(({ row }) => row);
}

function listGroups(clips: readonly ClipRecord[]): readonly Group[] {
  const groups = new Map<string, Group>();
  const keyByVideo = new Map<string, string>();
  for (const [row, clip] of clips.entries()) {
    const { label, split, video } = clip;
    if (label === undefined) continue;
    const key = groupKey(clip);
    const before = keyByVideo.get(video) ?? key;
    if (before !== key) {
      throw new LacunaError(
        'input',
        `${video} has clips of the ${before} and of the ${key}; give all of it one group.`,
      );
    }
    keyByVideo.set(video, key);
    const group = groups.get(key) ?? { key, rows: [], label, side: undefined };
    groups.set(key, group);
    if (split !== undefined && group.side !== undefined && split !== group.side) {
      throw new LacunaError(
        'input',
        `The ${key} has clips for ${group.side} and clips for ${split}; prepare the dataset with one split for all of it.`,
      );
    }
    group.side ??= split;
    group.rows.push(row);
  }
  return [...groups.values()];
}
