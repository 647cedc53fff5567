// Owns what the commands that measure have in common: how they end, what they say of a wrong name, and how a result is printed. Knows
// no benchmark and no experiment.
import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { LacunaError } from '../../dist/clip/lacuna-error.js';
import { nearestName } from '../../dist/masking/nearest-name.js';
import { describeMachine, findVersions } from './machine.js';

/** What a command is given to work with. */
export type Program = {
  /** Ends the work at SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Says a line on standard error. */
  readonly report: (line: string) => void;
};

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a command with the arguments of the process, and sets the exit code.
 * @param name what its lines on standard error begin with
 * @param whenStopped what it says where a signal ended it
 */
export async function runProgram(
  name: string,
  whenStopped: string,
  create: (program: Program) => Command,
): Promise<void> {
  const report = (line: string): void => {
    process.stderr.write(`${name}: ${line}\n`);
  };
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.exitCode = exitCodes[signal];
      abort.abort(new Error(`ended by ${signal}`));
    });
  }
  try {
    await create({ signal: abort.signal, report }).parseAsync(process.argv);
  } catch (error) {
    if (abort.signal.aborted) report(whenStopped);
    else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      process.exitCode = error instanceof LacunaError && error.kind === 'usage' ? 2 : 1;
      report(error instanceof LacunaError ? error.message : (error instanceof Error && error.stack) || String(error));
    }
  }
}

/** What can be run, by name. */
type Table<Entry> = Readonly<Record<string, Entry>>;

/** The entry of that name. @throws {LacunaError} `usage` where there is none. */
export function findEntry<Entry>(table: Table<Entry>, what: string, name: string): Entry {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined) throw unknownName(what, name, Object.keys(table));
  return entry;
}

/** The error for a name that there is not. */
export function unknownName(what: string, name: string, known: readonly string[]): LacunaError {
  const nearest = nearestName(name, known);
  const advice = nearest === undefined ? `take one of ${known.join(', ')}.` : `did you mean ${nearest}?`;
  return new LacunaError('usage', `There is no ${what} ${name}; ${advice}`);
}

/** All entries with their cases, for the help. */
export function listEntries(table: Table<{ readonly description: string; readonly cases: readonly string[] }>): string {
  return Object.entries(table)
    .map(([name, { description, cases }]) => `${name} (${description} Cases: ${cases.join(', ')}.)`)
    .join('; ');
}

/** Reads a whole number from 1, for commander. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

/** What was found, and the versions of what was measured beside Lacuna and node. */
type Found = {
  readonly name: string;
  readonly rows: readonly unknown[];
  readonly versions: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
};

/** Prints a result with the machine that it is of: one JSON object, or the lines that show it to a person. */
export async function printResult(found: Found, asJson: boolean, lines: readonly string[]): Promise<void> {
  const { name, rows, notes } = found;
  const machine = describeMachine();
  const versions = { ...(await findVersions()), ...found.versions };
  if (asJson) {
    const note = notes.length === 0 ? {} : { note: notes.join(' ') };
    process.stdout.write(`${JSON.stringify({ name, machine, versions, rows, ...note })}\n`);
    return;
  }
  const head = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
    Object.entries(versions)
      .map(([what, version]) => `${what} ${version}`)
      .join(', '),
    '',
  ];
  process.stdout.write(`${[...head, ...lines, ...notes].join('\n')}\n`);
}
