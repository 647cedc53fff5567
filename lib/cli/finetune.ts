// Owns `lacuna finetune`: a classifier from a pretrained encoder, beside the same network from scratch.
import { describeFinetune } from './classification-text.js';
import { addTrainingFlags, type TrainingFlags, trainingOptions } from './finetune-flags.js';
import { wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type FinetuneOptions = Parameters<Library['finetune']>[0];
type FinetuneFlags = TrainingFlags & Pick<FinetuneOptions, 'out' | 'labelsPerClass' | 'draw' | 'scratch'>;

export const addFinetune: AddCommand = (program) =>
  addTrainingFlags(program.command('finetune'))
    .description('train a classifier on the labels of a dataset: from a pretrained model, and from scratch beside it')
    .argument('<model>', 'a run folder that pretrain made')
    .argument('<dataset>', 'a folder that prepare --labels made, of clips of the same size and length')
    .requiredOption('--out <folder>', 'the folder of the classifier; continued where it was made with the same options')
    .option('--labels-per-class <n>', 'learn from so many clips of each class; default: all', wholeNumber({ least: 1 }))
    .option('--draw <n>', 'which draw of these clips, from 0; default: 0', wholeNumber())
    .option('--no-scratch', 'do not train the same network from random weights beside it')
    .action(runCommand<[string, string], FinetuneFlags>(finetuneModel, 'run the same command again to go on'));

async function finetuneModel(
  { library, controls, seeded, threaded }: Session,
  [model, dataset]: [string, string],
  flags: FinetuneFlags,
): Promise<Outcome> {
  const result = await library.finetune(
    { ...trainingOptions(flags), ...seeded, ...threaded, model, dataset },
    controls,
  );
  return { json: result, answer: describeFinetune(result) };
}
