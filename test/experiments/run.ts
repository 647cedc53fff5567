// Owns the command `npm run experiment`: from arguments to the printed result. Knows no experiment by name.
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LacunaError } from '../../dist/clip/lacuna-error.js';
import { nearestName } from '../../dist/masking/nearest-name.js';
import { describeMachine, findVersions } from '../bench/machine.js';
import { findPeerPython } from '../bench/python-peers.js';
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

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    process.exitCode = exitCodes[signal];
    abort.abort(new Error(`ended by ${signal}`));
  });
}

try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  if (abort.signal.aborted) report('stopped; the same command goes on from here.');
  else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.exitCode = error instanceof LacunaError && error.kind === 'usage' ? 2 : 1;
    report(error instanceof LacunaError ? error.message : (error instanceof Error && error.stack) || String(error));
  }
}

function createProgram(): Command {
  return new Command('experiment')
    .description('Trains and evaluates; a run that was stopped goes on when the same command is given again.')
    .argument('<name>', `what is tried: ${listExperiments()}`)
    .option('--minutes <minutes>', 'minutes of training for each side and seed', parseMinutes, 10)
    .option('--seeds <count>', 'how many times, with seeds from 0', parseCount, 1)
    .option('--case <case>', 'this case alone; may be repeated', collect, [])
    .addOption(new Option('--clips <count>', 'clips of the test').argParser(parseCount).hideHelp())
    .option('--folder <folder>', 'where what is done is kept', 'experiments')
    .option('--json', 'print one JSON object; with npm, run it as npm run --silent experiment -- …')
    .exitOverride()
    .action(run);
}

async function run(name: string, flags: Flags): Promise<void> {
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined;
  if (experiment === undefined) throw unknown('experiment', name, Object.keys(experiments));
  const { minutes, seeds, clips } = flags;
  const result = await experiment.run(pickCases(experiment, flags.case), {
    minutes,
    clips,
    seeds: [...Array(seeds).keys()],
    folder: join(flags.folder, name),
    python: findPeerPython(),
    signal: abort.signal,
    onProgress: report,
  });
  const { rows, notes } = result;
  const machine = describeMachine();
  const versions = { ...(await findVersions()), ...result.versions };
  if (flags.json) {
    const note = notes.length === 0 ? {} : { note: notes.join(' ') };
    process.stdout.write(`${JSON.stringify({ name, machine, versions, rows, ...note })}\n`);
    return;
  }
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
    Object.entries(versions)
      .map(([what, version]) => `${what} ${version}`)
      .join(', '),
    '',
    formatRows(rows),
    ...notes,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function pickCases({ cases, defaultCases }: Experiment, wanted: readonly string[]): readonly string[] {
  const missing = wanted.find((name) => !cases.includes(name));
  if (missing !== undefined) throw unknown('case', missing, cases);
  return wanted.length === 0 ? defaultCases : cases.filter((name) => wanted.includes(name));
}

function unknown(what: string, name: string, known: readonly string[]): LacunaError {
  const nearest = nearestName(name, known);
  const advice = nearest === undefined ? `take one of ${known.join(', ')}.` : `did you mean ${nearest}?`;
  return new LacunaError('usage', `There is no ${what} ${name}; ${advice}`);
}

function listExperiments(): string {
  return Object.entries(experiments)
    .map(([name, { description, cases }]) => `${name} (${description} Cases: ${cases.join(', ')}.)`)
    .join('; ');
}

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (!(minutes > 0 && Number.isFinite(minutes))) throw new InvalidArgumentError('It must be a number above 0.');
  return minutes;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function report(line: string): void {
  process.stderr.write(`experiment: ${line}\n`);
}
