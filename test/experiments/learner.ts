// Owns training with looks in between: whoever learns is taken from mark to mark, and each look is kept. Knows nothing of who learns.
import { z } from 'zod';
import type { ExperimentSetting } from './experiment.js';
import { openWork } from './stages.js';

/** The shares of the time after which a look is taken; the last one is the end. */
export const marks = [0.125, 0.25, 0.5, 1] as const;

/** The four figures of every table, over the frames with hidden pixels; see `Figures` of the library. */
export const figuresSchema = z.object({ mse: z.number(), mae: z.number(), psnr: z.number(), ssim: z.number() });

/** See {@link figuresSchema}. */
export type TestFigures = Readonly<z.infer<typeof figuresSchema>>;

/** What is known at one mark. */
export const lookSchema = z.object({
  /** Minutes of training until then. */
  minutes: z.number(),
  steps: z.int(),
  /** How many numbers are learned. */
  parameters: z.int(),
  /** By what is hidden. */
  figures: z.record(z.string(), figuresSchema),
});

/** See {@link lookSchema}. */
export type Look = Readonly<z.infer<typeof lookSchema>>;

/** One who learns. Its folder holds its checkpoints, so that another one goes on from the last of them. */
export type Learner = {
  /** Goes on until this share of the time is over, which may be so already, and evaluates. */
  readonly learnUntil: (mark: number) => Promise<Look>;
  /** Ends its processes. */
  readonly close: () => Promise<void>;
};

/**
 * All looks at one who learns, in the order of the marks.
 * @param name of the folder
 * @param config everything that decides what is learned
 * @param open is called only where a look is missing
 */
export async function learn(
  { folder, onProgress }: Pick<ExperimentSetting, 'folder' | 'onProgress'>,
  name: string,
  config: unknown,
  open: (folder: string) => Promise<Learner>,
): Promise<readonly Look[]> {
  const work = await openWork(folder, name, config);
  let learner: Learner | undefined;
  try {
    const looks: Look[] = [];
    for (const mark of marks) {
      const look = await work.keep(`look-${mark}`, lookSchema, async () => {
        onProgress(`${name}: learning until ${100 * mark} % of the time`);
        learner ??= await open(work.folder);
        return learner.learnUntil(mark);
      });
      const figures = Object.entries(look.figures).map(([hide, { mse }]) => `MSE ${mse.toFixed(1)} of ${hide}`);
      onProgress(`${name}: ${figures.join(', ')} after ${look.minutes.toFixed(2)} minutes and ${look.steps} steps`);
      looks.push(look);
    }
    return looks;
  } finally {
    await learner?.close();
  }
}
