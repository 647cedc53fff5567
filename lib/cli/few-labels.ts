// Owns `lacuna few-labels`: how well classes are told apart over the number of labels.
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describeFewLabels } from './classification-text.js';
import { addProbeFlags, addTrainingFlags, type TrainingFlags, trainingOptions } from './finetune-flags.js';
import { wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type FewLabelsOptions = Parameters<Library['measureFewLabels']>[0];
type FewLabelsFlags = TrainingFlags &
  Pick<FewLabelsOptions, 'out' | 'labelsPerClass' | 'draws'> & {
    readonly probe?: FewLabelsOptions['probes'];
    readonly features?: FewLabelsOptions['features'];
  };

export const addFewLabels: AddCommand = (program) => {
  const fewLabels = program
    .command('few-labels')
    .description('measure what labels a pretrained model saves: fine-tuned, frozen, from scratch, beside controls')
    .argument('<model>', 'a run folder that pretrain made')
    .argument('<dataset>', 'a folder that prepare --labels made, of clips of the same size and length')
    .requiredOption('--out <folder>', 'what each draw came to, a table and a picture; continued where it was begun')
    .option('--labels-per-class <list>', 'clips of each class; default: 1,2,5,10,50,all', labelCounts)
    .option('--draws <n>', 'how often each number is drawn; default: 5', wholeNumber({ least: 1, most: 1000 }));
  return addTrainingFlags(addProbeFlags(fewLabels)).action(
    runCommand<[string, string], FewLabelsFlags>(measure, 'run the same command again to go on'),
  );
};

async function measure(
  { library, controls, seeded, threaded }: Session,
  [model, dataset]: [string, string],
  { probe: probes, features, ...flags }: FewLabelsFlags,
): Promise<Outcome> {
  const options = { ...trainingOptions(flags), ...seeded, ...threaded, model, dataset, probes, features };
  const result = await library.measureFewLabels(options, controls);
  for (const file of ['few-labels.csv', 'few-labels.svg']) await library.writeFewLabels(result, join(result.out, file));
  return { json: result, answer: describeFewLabels(result) };
}

/** A reader of `1,2,5,all`. */
function labelCounts(text: string): (number | 'all')[] {
  return text.split(',').map((part) => {
    if (part === 'all') return part;
    if (!/^[1-9]\d{0,8}$/.test(part)) {
      throw new InvalidArgumentError('it must be whole numbers from 1, or all, with commas between them');
    }
    return Number(part);
  });
}
