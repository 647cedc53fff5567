// Owns the names in a run folder. Knows nothing of what is in the files.

/** What stands in a run folder. */
export const runNames = {
  config: 'config.json',
  preprocessor: 'preprocessor_config.json',
  weights: 'model.safetensors',
  checkpoints: 'checkpoints',
  metrics: 'metrics.jsonl',
  timing: 'timing.jsonl',
  report: 'report.html',
  /** The index of clips that are read out of videos. */
  stream: 'stream',
} as const;

/** TensorBoard takes every file whose name begins so. */
export const eventsPrefix = 'events.out.tfevents.';

/** The folder of the checkpoint after so many steps. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(8, '0')}`;
}

/** The folder among the checkpoints with the model of least loss on held-out clips. */
export const bestName = 'best';

/** The names that `checkpointName` gives. */
export const checkpointPattern = /^step-(\d{8,})$/;
