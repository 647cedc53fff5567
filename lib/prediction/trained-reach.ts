// Owns how far a model is trusted to fill in at once, told from what was hidden of it in training. Knows nothing of files.
import { parseHide } from '../masking/hide-expression.js';
import type { RunConfig } from '../run/run-config.js';

/** Frames of the model's rate that it fills in by one pass, whole tubelets of them. */
export type TrainedReach = {
  /** After the last visible frame, at least a tubelet. */
  readonly future: number;
  /** Between visible frames; 0 where a clip has no room for such a gap. */
  readonly gap: number;
};

/**
 * The longest `future` and the longest `gap` of its training, or one for the other where it has been trained on one of them
 * alone; half a clip where it has been trained on neither.
 */
export function reachOfModel({ hide, model }: Pick<RunConfig, 'hide' | 'model'>): TrainedReach {
  const parts = hide.flatMap(parseHide);
  const futures = parts.flatMap((part) => (part.kind === 'future' ? [part.frames] : []));
  const gaps = parts.flatMap((part) => {
    if (part.kind !== 'gap') return [];
    return ['frames' in part ? part.frames : part.last - part.first + 1];
  });
  const { frames, tubeletFrames } = model;
  const longest = (counts: readonly number[], others: readonly number[], visible: number) => {
    const known = counts.length > 0 ? counts : others.length > 0 ? others : [frames / 2];
    const whole = Math.max(tubeletFrames, Math.floor(Math.max(...known) / tubeletFrames) * tubeletFrames);
    return Math.max(0, Math.min(whole, frames - visible * tubeletFrames));
  };
  return { future: Math.max(1, longest(futures, gaps, 1)), gap: longest(gaps, futures, 2) };
}
