// Owns the flags of fine-tuning and of probes that several commands have. Knows nothing of commands.
import type { Command } from 'commander';
import { numberList, realNumber, repeated, wholeNumber } from './flag-values.js';
import type { Library } from './run-command.js';

type FinetuneOptions = Parameters<Library['finetune']>[0];
type Renamed = 'learningRates' | 'validation';

/** What commander makes of the flags. */
export type TrainingFlags = Omit<
  FinetuneOptions,
  'model' | 'dataset' | 'out' | 'labelsPerClass' | 'draw' | 'scratch' | 'seed' | 'threads' | Renamed
> & {
  readonly lr?: number[];
  readonly val?: number;
};

/** The options that flags say; whatever else is in them stays. */
export function trainingOptions<Flags extends TrainingFlags>({
  lr: learningRates,
  val: validation,
  ...flags
}: Flags): Omit<Flags, 'lr' | 'val'> & Pick<FinetuneOptions, Renamed> {
  return { ...flags, learningRates, validation };
}

/** How the trainings go; after them those of {@link addSplitFlags}. */
export function addTrainingFlags(command: Command): Command {
  const training = command
    .option('--pooling <how>', 'mean of the tokens, or attentive: what a learned query finds in them; default: mean')
    .option('--lr <rates>', 'rates that are tried, with commas; validation chooses; default: three', numberList)
    .option(
      '--epochs <n>',
      'how often the clips are seen by each training; default: 30, and at least 200 steps',
      realNumber({ above: 0 }),
    )
    .option('--steps <n>', 'steps of each training, in the place of --epochs', wholeNumber({ least: 1 }))
    .option('--batch <n>', 'clips of a step; default: 16', wholeNumber({ least: 1, most: 4096 }))
    .option(
      '--layer-decay <n>',
      'rate of each layer in parts of that of the next; default: 0.75 for vit, 1 for conv',
      realNumber({ above: 0, most: 1 }),
    )
    .option(
      '--drop-path <n>',
      'how often branches of the last block are left out, of a vit; default: 0.1',
      realNumber({ least: 0 }),
    )
    .option('--smoothing <n>', 'label smoothing, below 1; default: 0.1', realNumber({ least: 0 }))
    .option('--weight-decay <n>', 'decoupled from the gradients; default: 0.05', realNumber({ least: 0, most: 10 }))
    .option('--no-flip', 'never mirror clips; for classes that left and right tell apart')
    .option(
      '--crop <part>',
      'cut out at least this part of the area of each clip; default: 1, nothing',
      realNumber({ above: 0, most: 1 }),
    )
    .option(
      '--colour <n>',
      'how far brightness, contrast and saturation may lie from 1; default: 0',
      realNumber({ least: 0, most: 1 }),
    )
    .option(
      '--hue <part>',
      'how far hues may be turned, in parts of the circle; default: 0',
      realNumber({ least: 0, most: 0.5 }),
    );
  return addSplitFlags(training);
}

/** What is probed, and how. */
export function addProbeFlags(command: Command): Command {
  return command
    .option('--probe <name>', 'knn, linear or attentive; repeat for several; default: all', repeated)
    .option('--features <name>', 'model, untrained, pixels or shuffled; repeat for several; default: all', repeated);
}

/** How clips are split, and what computes. */
export function addSplitFlags(command: Command): Command {
  return command
    .option(
      '--val <part>',
      'part of each class for validation where the dataset does not say it; default: 0.15',
      realNumber({ least: 0, most: 0.9 }),
    )
    .option(
      '--test <part>',
      'part of each class for the test where the dataset does not say it; default: 0.2',
      realNumber({ least: 0, most: 0.9 }),
    )
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu');
}
