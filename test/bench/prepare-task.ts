// Owns what each side of the benchmark `prepare` is told, and what a round answers. Knows no side.
import { z } from 'zod';

/** The videos, and what clips they become. */
export const prepareTaskSchema = z.object({
  files: z.array(z.string()).min(1),
  size: z.int(),
  fps: z.number(),
  frames: z.int(),
  /** Cores that may be used. */
  threads: z.int().min(1),
  /** A folder of the side's own, for what it writes. */
  out: z.string(),
});

/** What each side is told. */
export type PrepareTask = Readonly<z.infer<typeof prepareTaskSchema>>;

/** One run over all the files: its time, and how many frames came out of them at the asked rate. */
export const prepareRoundSchema = z.object({
  seconds: z.number().positive(),
  pictures: z.int().min(1),
  peakBytes: z.number().positive(),
});

/** What a round answers. */
export type PrepareRound = Readonly<z.infer<typeof prepareRoundSchema>>;
