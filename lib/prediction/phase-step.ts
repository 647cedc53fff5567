// Owns how a file's rate and a model's rate come together. Knows nothing of frames.

/** Rates that broadcasting divides by 1.001, as headers round them. */
const broadcastRates = [24, 30, 48, 60, 120].map((rate) => ({
  rounded: (rate / 1.001).toFixed(2),
  exact: (rate * 1000) / 1001,
}));

/** How far a header may be from what was counted: some name the ticks of a clock as the rate. */
const mostOff = 1.5;

/**
 * Frames a second of a file on average: what its header says, 29.97 standing for 30000/1001, unless what was counted over its
 * length is another; nothing where neither is known.
 */
export function fileRate(
  { fps, durationSeconds }: { readonly fps?: number; readonly durationSeconds?: number },
  frames: number,
): number | undefined {
  const counted = durationSeconds === undefined || durationSeconds <= 0 ? undefined : frames / durationSeconds;
  if (fps === undefined) return counted;
  if (counted !== undefined && Math.max(fps / counted, counted / fps) > mostOff) return counted;
  return broadcastRates.find(({ rounded }) => fps.toFixed(2) === rounded)?.exact ?? fps;
}

/**
 * From one frame of a file to the next one that the model sees, at least 1: the whole number by which the file's rate comes
 * nearest to the model's, by their ratio. A file slower than the model is read frame by frame.
 */
export function phaseStep(fileFps: number, modelFps: number): number {
  const ratio = fileFps / modelFps;
  const lower = Math.max(1, Math.floor(ratio));
  return ratio / lower <= (lower + 1) / ratio ? lower : lower + 1;
}
