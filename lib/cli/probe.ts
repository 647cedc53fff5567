// Owns `lacuna probe`: how well classes are told by what a model has learned, beside controls that learned nothing.
import { describeProbes } from './classification-text.js';
import { addProbeFlags, addSplitFlags } from './finetune-flags.js';
import { wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type ProbeOptions = Parameters<Library['probe']>[0];
type ProbeFlags = Pick<ProbeOptions, 'layer' | 'labelsPerClass' | 'draw' | 'test' | 'engine' | 'device'> & {
  readonly probe?: ProbeOptions['probes'];
  readonly features?: ProbeOptions['features'];
  readonly val?: number;
};

export const addProbe: AddCommand = (program) => {
  const probe = program
    .command('probe')
    .description('tell classes by what a model has learned, without training it further, beside controls')
    .argument('<model>', 'a run folder')
    .argument('<dataset>', 'a folder that prepare --labels made, of clips of the same size and length');
  addProbeFlags(probe)
    .option('--layer <n>', 'a layer of the encoder, from 0; default: the last one', wholeNumber())
    .option('--labels-per-class <n>', 'learn from so many clips of each class; default: all', wholeNumber({ least: 1 }))
    .option('--draw <n>', 'which draw of these clips, from 0; default: 0', wholeNumber());
  return addSplitFlags(probe).action(runCommand<[string, string], ProbeFlags>(probeModel));
};

async function probeModel(
  { library, controls, seeded, threaded }: Session,
  [model, dataset]: [string, string],
  { probe: probes, features, val: validation, ...flags }: ProbeFlags,
): Promise<Outcome> {
  const options = { ...flags, ...seeded, ...threaded, model, dataset, probes, features, validation };
  const result = await library.probe(options, controls);
  return { json: result, answer: describeProbes(result) };
}
