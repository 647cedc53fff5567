// Owns what every command shares around its work: common flags, progress, interruption, the error sentence, `--json`, the
// exit code. Knows no command.
import { inspect } from 'node:util';
import type { Command } from 'commander';
import type * as library from '../index.js';
import { describeError } from './error-sentence.js';
import { exitCode, type ExitCode } from './exit-code.js';
import { wholeNumber } from './flag-values.js';
import { watchForInterruption } from './interruption.js';
import { printable } from './printable.js';
import { createLinePainter, createProgressDisplay, type ProgressDisplay } from './progress-display.js';

/** The public interface, as it is loaded when a command runs. */
export type Library = typeof library;

/** Adds one command to the program and returns it. */
export type AddCommand = (program: Command) => Command;

/** What a command has beside its own flags. */
export type Session = {
  readonly library: Library;
  readonly controls: { readonly [Name in keyof library.JobControls]-?: NonNullable<library.JobControls[Name]> };
  /** `--seed` and `--threads`, where they were given, by the names that the library knows. */
  readonly seeded: { readonly seed?: number };
  readonly threaded: { readonly threads?: number };
  /** Tells the person how it goes on; silent with `--quiet`. */
  readonly say: (line: string) => void;
};

/** An input that could not be used. */
export type InputFailure = { readonly video: string; readonly reason: string };

/** What a command leaves behind. */
export type Outcome = {
  /** The one object of `--json`. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What was asked for, where it is text; printed even with `--quiet`, but not with `--json`. */
  readonly answer?: string;
  /** Whether anything was made. Default true. */
  readonly made?: boolean;
  /** Inputs that could not be used, and the file that lists them. */
  readonly failures?: readonly InputFailure[];
  readonly failuresFile?: string;
};

type CommonFlags = { json?: boolean; quiet?: boolean; seed?: number; threads?: number };

/** A command's flags without those that all share. */
type OwnFlags<Flags> = Omit<Flags & CommonFlags, keyof CommonFlags>;

/** The flags that every command takes. */
export function addCommonFlags(command: Command): void {
  command
    .optionsGroup('Common flags:')
    .option('--json', 'print one JSON object on standard output, progress on standard error')
    .option('--quiet', 'print errors and answers only')
    .option('--seed <n>', 'what all random choices follow from, a whole number from 0', wholeNumber())
    .option('--threads <n>', 'threads for the mathematics; default: all cores', wholeNumber({ least: 1, most: 1024 }))
    .helpOption('-h, --help', 'print this');
}

/**
 * Turns a command's work into commander's action.
 * @param howToGoOn what to do after an interruption, as the rest of a sentence.
 */
export function runCommand<Positional extends unknown[], Flags extends object>(
  work: (session: Session, positional: Positional, flags: OwnFlags<Flags>) => Promise<Outcome>,
  howToGoOn = 'nothing has to be tidied up; run it again to start again',
): (...given: [...Positional, Flags & CommonFlags, Command]) => Promise<void> {
  return async (...given) => {
    const { json = false, quiet = false, seed, threads, ...flags } = given.at(-2) as Flags & CommonFlags;
    const display = await createDisplay(quiet);
    const tell = (sentence: string) => {
      display.settle();
      process.stderr.write(`lacuna: ${printable(sentence)}\n`);
    };
    const interruption = watchForInterruption(() => tell('ending cleanly; once more ends at once'));
    const say = (line: string) => {
      display.settle();
      if (!quiet) (json ? process.stderr : process.stdout).write(`${line}\n`);
    };
    const fail = (sentence: string, code: ExitCode) => {
      tell(sentence);
      if (json) printJson({ error: sentence, exitCode: code });
      process.exitCode = code;
    };
    try {
      const session: Session = {
        library: await import('../index.js'),
        controls: {
          signal: interruption.signal,
          onProgress: (progress) => display.show(withPlainNote(progress)),
          onNotice: tell,
        },
        seeded: seed === undefined ? {} : { seed },
        threaded: threads === undefined ? {} : { threads },
        say,
      };
      const outcome = await work(session, given.slice(0, -2) as Positional, flags);
      display.settle();
      if (json) printJson(outcome.json);
      else if (outcome.answer !== undefined) process.stdout.write(`${outcome.answer}\n`);
      for (const line of describeFailures(outcome)) tell(line);
      process.exitCode = codeOf(outcome);
    } catch (error) {
      if (process.env['LACUNA_DEBUG'] === '1') process.stderr.write(`${inspect(error)}\n`);
      const received = interruption.received();
      if (received !== undefined) fail(`interrupted; ${howToGoOn}`, exitCode[received]);
      else {
        const { sentence, code } = describeError(error);
        fail(sentence, code);
      }
    } finally {
      interruption.stop();
    }
  };
}

function withPlainNote({ note, ...progress }: library.Progress): library.Progress {
  return note === undefined ? progress : { ...progress, note: printable(note) };
}

/** Seconds of a clock that only goes forward. */
const nowSeconds = () => performance.now() / 1000;

async function createDisplay(quiet: boolean): Promise<ProgressDisplay> {
  if (quiet) return { show: () => undefined, settle: () => undefined };
  const { stderr } = process;
  if (!stderr.isTTY) {
    return createProgressDisplay(
      createLinePainter((line) => stderr.write(`${line}\n`), nowSeconds),
      nowSeconds,
    );
  }
  const { createBarPainter } = await import('./progress-bar.js');
  return createProgressDisplay(createBarPainter(stderr), nowSeconds);
}

function printJson(value: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

function codeOf({ made = true, failures = [] }: Outcome): ExitCode {
  if (!made) return exitCode.nothingMade;
  return failures.length > 0 ? exitCode.inputFailed : exitCode.done;
}

const mostFailuresTold = 5;

function describeFailures({ failures = [], failuresFile }: Outcome): readonly string[] {
  const more = failures.length - mostFailuresTold;
  return [
    ...failures.slice(0, mostFailuresTold).map(({ video, reason }) => `${video} failed: ${reason}`),
    ...(more > 0 ? [`and ${more} more failed`] : []),
    ...(failures.length > 0 && failuresFile !== undefined ? [`all failures are listed in ${failuresFile}`] : []),
  ];
}
