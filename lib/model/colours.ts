// Owns the mean and the deviation of colours by which the `vit` family normalises its input.

/** Mean of red, green and blue over ImageNet, values 0 to 1, as VideoMAE's preprocessing has them. */
export const colourMean = [0.485, 0.456, 0.406] as const;

/** Their deviation. */
export const colourDeviation = [0.229, 0.224, 0.225] as const;

/** Mean and deviation of each channel: those of the colours, or of grey the mean of the three. */
export function channelStatistics(channels: 1 | 3): {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
} {
  if (channels === 3) return { mean: colourMean, deviation: colourDeviation };
  const meanOf = ([red, green, blue]: readonly [number, number, number]) => [(red + green + blue) / 3];
  return { mean: meanOf(colourMean), deviation: meanOf(colourDeviation) };
}
