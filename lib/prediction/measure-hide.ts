// Owns the measuring of one way to hide: a model and all trivial fills on the same clips, in memory that does not grow with them.
// Knows nothing of which clips these are or how figures are shown.
import { groupKey } from '../dataset/group-key.js';
import { pixelMask } from '../masking/hidden-pixels.js';
import type { Figures } from '../measures/figures.js';
import { createScore, type Score } from '../measures/score.js';
import type { FillContext, TrivialFill } from '../measures/trivial-fill.js';
import { fillNames, trivialFills } from '../measures/trivial-fills.js';
import { type FilledClip, fillInParts, type FillRows } from './filled-parts.js';

/** What was measured. */
export type Measured = {
  /** From how many sources the clips are; see `groupKey`. */
  readonly sources: number;
  /** The model's figures first (`model`), then those of every trivial fill that applies. */
  readonly figures: readonly ({ readonly name: string } & Figures)[];
  /** The place among the rows of the clip of median error. */
  readonly median: number;
};

/** Measures on each of the rows; `onClip` is told how many are done. */
export async function measureHide(
  given: FillRows,
  context: FillContext,
  onClip: (done: number) => void,
): Promise<Measured> {
  const { dataset, rows, planOf } = given;
  const { signal } = context;
  // A fill that some of the clips cannot have would have a figure of other clips.
  const plans = Array.from(rows.keys(), planOf);
  const fills = fillNames.filter((name) => plans.every((plan) => trivialFills[name].appliesTo(plan)));
  const scores = new Map<string, Score>(['model', ...fills].map((name) => [name, createScore(dataset.shape)]));
  const sources = new Set<string>();
  const errors = new Float64Array(rows.length);
  for await (const part of fillInParts(given, signal)) {
    const fillers = fills.map((name) => [name, fillerOf(trivialFills[name], part, context)] as const);
    for (const [index, { sample, row, plan, truth, filled }] of part.entries()) {
      const mask = pixelMask(plan);
      const record = dataset.clips[row];
      const source = record === undefined ? '' : groupKey(record);
      sources.add(source);
      errors[sample] = scores.get('model')?.add(truth, filled, mask, source) ?? NaN;
      for (const [name, fill] of fillers) scores.get(name)?.add(truth, await fill(index), mask, source);
      onClip(sample + 1);
      signal?.throwIfAborted();
    }
  }
  const order = Int32Array.from(errors.keys()).sort((one, other) => (errors[one] ?? 0) - (errors[other] ?? 0));
  const median = order[order.length >> 1];
  if (median === undefined) throw new RangeError('there is no clip to measure on');
  const figures = [...scores].map(([name, score]) => ({ name, ...score.result() }));
  return { sources: sources.size, figures, median };
}

/** What fills each clip of a part by its place; where all are filled together, that has begun when this returns. */
function fillerOf(
  fill: TrivialFill,
  part: readonly FilledClip[],
  context: FillContext,
): (index: number) => Promise<Float32Array> {
  const clips = part.map(({ truth, plan }) => ({ clip: truth, plan }));
  const together = fill.fillAll?.(clips, context);
  // Awaited clip by clip; until then its failure is nobody's.
  together?.catch(() => undefined);
  return async (index) => {
    const hidden = clips[index];
    const filled = together === undefined && hidden ? fill.fill(hidden.clip, hidden.plan, context) : undefined;
    const given = (await filled) ?? (await together)?.[index];
    if (given === undefined) throw new RangeError(`clip ${index} was not filled in`);
    return given;
  };
}
