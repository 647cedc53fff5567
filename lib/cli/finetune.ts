// Owns `lacuna finetune`: a classifier from a pretrained encoder, beside the same network from scratch.
import { describeFinetune } from './classification-text.js';
import { numberList, realNumber, wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type FinetuneOptions = Parameters<Library['finetune']>[0];
type FinetuneFlags = Omit<
  FinetuneOptions,
  'model' | 'dataset' | 'seed' | 'threads' | 'learningRates' | 'validation'
> & {
  readonly lr?: number[];
  readonly val?: number;
};

export const addFinetune: AddCommand = (program) =>
  program
    .command('finetune')
    .description('train a classifier on the labels of a dataset: from a pretrained model, and from scratch beside it')
    .argument('<model>', 'a run folder that pretrain made')
    .argument('<dataset>', 'a folder that prepare --labels made, of clips of the same size and length')
    .requiredOption('--out <folder>', 'the folder of the classifier; continued where it was made with the same options')
    .option('--labels-per-class <n>', 'learn from so many clips of each class; default: all', wholeNumber({ least: 1 }))
    .option('--draw <n>', 'which draw of these clips, from 0; default: 0', wholeNumber())
    .option('--pooling <how>', 'mean of the tokens, or attentive: what a learned query finds in them; default: mean')
    .option('--no-scratch', 'do not train the same network from random weights beside it')
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
      'rate of each layer in parts of that of the next; default: 0.75',
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
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], FinetuneFlags>(finetuneModel, 'run the same command again to go on'));

async function finetuneModel(
  { library, controls, seeded, threaded }: Session,
  [model, dataset]: [string, string],
  { lr: learningRates, val: validation, ...flags }: FinetuneFlags,
): Promise<Outcome> {
  const options = { ...flags, ...seeded, ...threaded, model, dataset, learningRates, validation };
  const result = await library.finetune(options, controls);
  return { json: result, answer: describeFinetune(result) };
}
