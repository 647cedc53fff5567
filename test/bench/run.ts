// Owns the command `npm run bench`: from arguments to the printed result. Knows no benchmark by name.
import { Command, Option } from 'commander';
import { type Benchmark, createRow } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { findPeerPython } from './python-peers.js';
import { formatRows, listLimits } from './rows-table.js';
import {
  findEntry,
  listEntries,
  parseCount,
  printResult,
  type Program,
  runProgram,
  unknownName,
} from './run-program.js';

type Flags = { readonly case?: string; readonly json?: true; readonly rounds?: number };

await runProgram('bench', 'stopped.', createCommand);

function createCommand(program: Program): Command {
  return new Command('bench')
    .description('Measures Lacuna beside its peers, one process each, a round of each in turn.')
    .argument('<name>', `what is measured: ${listEntries(benchmarks)}`)
    .option('--case <case>', 'this case alone')
    .option('--json', 'print one JSON object; with npm, run it as npm run --silent bench -- …')
    .addOption(new Option('--rounds <count>', 'rounds of each side').argParser(parseCount).hideHelp())
    .exitOverride()
    .action((name: string, flags: Flags) => measure(program, name, flags));
}

async function measure({ signal, report }: Program, name: string, flags: Flags): Promise<void> {
  const benchmark = findEntry(benchmarks, 'benchmark', name);
  const { measured, versions, notes } = await benchmark.run(pickCases(benchmark, flags.case), {
    rounds: flags.rounds,
    python: findPeerPython(),
    signal,
    onProgress: report,
  });
  const rows = measured.map(createRow);
  await printResult({ name, rows, versions, notes }, flags.json === true, [
    formatRows(rows),
    '',
    'More is better in every row; in brackets how many times as much ours is.',
    ...listLimits(rows).map((limit) => `Limit: ${limit}.`),
  ]);
}

function pickCases({ cases }: Benchmark, wanted: string | undefined): readonly string[] {
  if (wanted === undefined) return cases;
  if (!cases.includes(wanted)) throw unknownName('case', wanted, cases);
  return [wanted];
}
