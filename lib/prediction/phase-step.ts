// Owns how a file's rate and a model's rate come together. Knows nothing of frames.

/** Rates that broadcasting divides by 1.001, as headers round them. */
const broadcastRates = [24, 30, 48, 60, 120].map((rate) => ({ rounded: (rate / 1.001).toFixed(2), exact: rate * 1000 / 1001 }));

/** The rate that a header means: 29.97 stands for 30000/1001. */
export function exactRate(fps: number): number {
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
