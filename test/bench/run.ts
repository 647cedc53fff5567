// Owns the command `npm run bench`: from arguments to the printed result. Knows no benchmark by name.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LacunaError } from '../../dist/clip/lacuna-error.js';
import { nearestName } from '../../dist/masking/nearest-name.js';
import { type Benchmark, createRow } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { describeMachine, findVersions } from './machine.js';
import { findPeerPython } from './python-peers.js';
import { formatRows, listLimits } from './rows-table.js';

type Flags = { readonly case?: string; readonly json?: true; readonly rounds?: number };

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
  if (abort.signal.aborted) report('stopped.');
  else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.exitCode = error instanceof LacunaError && error.kind === 'usage' ? 2 : 1;
    report(error instanceof LacunaError ? error.message : (error instanceof Error && error.stack) || String(error));
  }
}

function createProgram(): Command {
  return new Command('bench')
    .description('Measures Lacuna beside its peers, one process each, a round of each in turn.')
    .argument('<name>', `what is measured: ${listBenchmarks()}`)
    .option('--case <case>', 'this case alone')
    .option('--json', 'print one JSON object; with npm, run it as npm run --silent bench -- …')
    .addOption(new Option('--rounds <count>', 'rounds of each side').argParser(parseRounds).hideHelp())
    .exitOverride()
    .action(measure);
}

async function measure(name: string, flags: Flags): Promise<void> {
  const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
  if (benchmark === undefined) throw unknown('benchmark', name, Object.keys(benchmarks));
  const { measured, versions, notes } = await benchmark.run(pickCases(benchmark, flags.case), {
    rounds: flags.rounds,
    python: findPeerPython(),
    signal: abort.signal,
    onProgress: report,
  });
  const rows = measured.map(createRow);
  const machine = describeMachine();
  const allVersions = { ...(await findVersions()), ...versions };
  if (flags.json) {
    const note = notes.length === 0 ? {} : { note: notes.join(' ') };
    process.stdout.write(`${JSON.stringify({ name, machine, versions: allVersions, rows, ...note })}\n`);
    return;
  }
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
    Object.entries(allVersions)
      .map(([what, version]) => `${what} ${version}`)
      .join(', '),
    '',
    formatRows(rows),
    '',
    'More is better in every row; in brackets how many times as much ours is.',
    ...listLimits(rows).map((limit) => `Limit: ${limit}.`),
    ...notes,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function pickCases({ cases }: Benchmark, wanted: string | undefined): readonly string[] {
  if (wanted === undefined) return cases;
  if (!cases.includes(wanted)) throw unknown('case', wanted, cases);
  return [wanted];
}

function unknown(what: string, name: string, known: readonly string[]): LacunaError {
  const nearest = nearestName(name, known);
  const advice = nearest === undefined ? `take one of ${known.join(', ')}.` : `did you mean ${nearest}?`;
  return new LacunaError('usage', `There is no ${what} ${name}; ${advice}`);
}

function listBenchmarks(): string {
  return Object.entries(benchmarks)
    .map(([name, { description, cases }]) => `${name} (${description} Cases: ${cases.join(', ')}.)`)
    .join('; ');
}

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return rounds;
}

function report(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}
