// Owns how a file's rate and a model's rate come together. Knows nothing of frames.

/** Rates that broadcasting divides by 1.001, as headers round them. */
const broadcastRates = [24, 30, 48, 60, 120].map((rate) => ({
  rounded: (rate / 1.001).toFixed(2),
  exact: (rate * 1000) / 1001,
}));

/** Some headers name the ticks of a clock as the rate: above this one it is held against what was counted. */
const likelyMost = 240;
/** How far it may be from that. */
const mostOff = 1.5;

/**
 * Frames a second of a file on average: what its header says, 29.97 standing for 30000/1001, unless there are far more frames than
 * that, or it is no likely rate and there are far fewer; then what was counted over the file's length. Fewer alone says nothing: the
 * length is that of the longest stream, and sound may outlast the picture. Nothing where neither is known.
 */
export function fileRate(
  { fps, durationSeconds }: { readonly fps?: number; readonly durationSeconds?: number },
  frames: number,
): number | undefined {
  const counted = durationSeconds === undefined || durationSeconds <= 0 ? undefined : frames / durationSeconds;
  if (fps === undefined) return counted;
  if (counted !== undefined && (counted > mostOff * fps || (fps > likelyMost && fps > mostOff * counted)))
    return counted;
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
