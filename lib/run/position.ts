// Owns how far a run is: everything beside the weights that decides its next step. Knows nothing of files.
import { z } from 'zod';

const count = z.int().min(0);
const seconds = z.number().min(0);

const validationSchema = z.strictObject({
  /** The validation of least loss; none before the first. */
  best: z.strictObject({ step: count, loss: z.number() }).optional(),
  /** Validations since then. */
  sinceBest: count.default(0),
  /** `elapsedSeconds` when the last one ended, and how long it took. */
  atSeconds: seconds.default(0),
  tookSeconds: seconds.default(0),
});

/** The schema of {@link Position}; what older runs did not keep has a default. */
export const positionSchema = z.strictObject({
  /** Steps that are done; the next one reads the loader's batches from this number on. */
  step: count,
  /** Seconds of training that they took, over all calls. */
  elapsedSeconds: seconds,
  /** Mean loss over the last steps. */
  loss: z.number(),
  /** Whether the run has come to its end. */
  isFinished: z.boolean(),
  /** Bytes of each log that belong to those steps. */
  logBytes: z.record(z.string(), count),
  /** By kind of mask: the mean loss over its last steps, and how many steps it had. */
  kinds: z.record(z.string(), z.strictObject({ mean: z.number(), steps: count })).default({}),
  /** The last steps in a row whose loss had jumped. */
  highSteps: count.default(0),
  /** How often the run went back to an anchor because it had diverged; each time halves the learning rate. */
  falls: count.default(0),
  /** The step of the checkpoint that it would go back to; 0 is the beginning. */
  anchor: count.optional(),
  validation: validationSchema.default({ sinceBest: 0, atSeconds: 0, tookSeconds: 0 }),
});

/** How far a run is. Every random choice follows from the seed and the step, so that no generator has a state. */
export type Position = Readonly<z.infer<typeof positionSchema>>;

/** Where every run begins. */
export const beginning: Position = {
  ...{ step: 0, elapsedSeconds: 0, loss: 0, isFinished: false, logBytes: {} },
  ...{ kinds: {}, highSteps: 0, falls: 0, anchor: 0 },
  validation: { sinceBest: 0, atSeconds: 0, tookSeconds: 0 },
};
