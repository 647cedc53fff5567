// Owns the command `npm run experiment`: from arguments to the printed result. Knows no experiment by name.
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { findPeerPython } from '../bench/python-peers.js';
import {
  findEntry,
  listEntries,
  parseCount,
  printResult,
  type Program,
  runProgram,
  unknownName,
} from '../bench/run-program.js';
import type { Experiment } from './experiment.js';
import { experiments } from './experiments.js';
import { formatRows } from './rows-text.js';

type Flags = {
  readonly minutes: number;
  readonly seeds: number;
  readonly case: readonly string[];
  readonly folder: string;
  readonly clips?: number;
  readonly json?: true;
};

await runProgram('experiment', 'stopped; the same command goes on from here.', createCommand);

function createCommand(program: Program): Command {
  return new Command('experiment')
    .description('Trains and evaluates; a run that was stopped goes on when the same command is given again.')
    .argument('<name>', `what is tried: ${listEntries(experiments)}`)
    .option('--minutes <minutes>', 'minutes of training for each side and seed', parseMinutes, 10)
    .option('--seeds <count>', 'how many times, with seeds from 0', parseCount, 1)
    .option('--case <case>', 'this case alone; may be repeated', collect, [])
    .addOption(new Option('--clips <count>', 'clips of the test').argParser(parseCount).hideHelp())
    .option('--folder <folder>', 'where what is done is kept', 'experiments')
    .option('--json', 'print one JSON object; with npm, run it as npm run --silent experiment -- …')
    .exitOverride()
    .action((name: string, flags: Flags) => run(program, name, flags));
}

async function run({ signal, report }: Program, name: string, flags: Flags): Promise<void> {
  const experiment = findEntry(experiments, 'experiment', name);
  const { minutes, seeds, clips } = flags;
  const { rows, versions, notes } = await experiment.run(pickCases(experiment, flags.case), {
    minutes,
    clips,
    seeds: [...Array(seeds).keys()],
    folder: join(flags.folder, name),
    python: findPeerPython(),
    signal,
    onProgress: report,
  });
  await printResult({ name, rows, versions, notes }, flags.json === true, [formatRows(rows)]);
}

function pickCases({ cases, defaultCases }: Experiment, wanted: readonly string[]): readonly string[] {
  const missing = wanted.find((name) => !cases.includes(name));
  if (missing !== undefined) throw unknownName('case', missing, cases);
  return wanted.length === 0 ? defaultCases : cases.filter((name) => wanted.includes(name));
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && Number.isFinite(minutes))) throw new InvalidArgumentError('It must be a number above 0.');
  return minutes;
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
