// Owns what is proposed after a dataset was made. Knows nothing of how datasets are made.

/** Frames of a clip from which on enough is seen beside a future of eight. */
const enoughFrames = 16;

/**
 * A command that trains on a dataset.
 * @param frames of a clip, where they are known: what they are enough to hide is proposed, else what fits any
 */
export function describeTraining(dataset: string, frames = 1): string {
  const hide = frames < enoughFrames ? ['patches:0.75'] : ['future:8', 'gap:6', 'patches:0.75'];
  return `Next: lacuna pretrain ${dataset} --out run ${hide.map((what) => `--hide ${what}`).join(' ')}`;
}
