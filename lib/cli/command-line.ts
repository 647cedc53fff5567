// Owns the whole command line: from arguments to the end of the process. Knows no command by name.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { commands } from './commands.js';
import { exitCode } from './exit-code.js';
import { addCommonFlags } from './run-command.js';

/** Runs the command that `argv` (with node and the script in front) asks for, then ends the process with its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  // A reader that has enough, such as `head`, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.wrongCommandLine;
  }
  // What has been printed goes out first; what the library still holds open does not keep the process.
  process.stdout.write('', () => process.exit());
}

/** The program with all its commands; nothing has run yet. */
export function createProgram(): Command {
  const program = new Command('lacuna')
    .description('Hides part of a video, learns to fill it in, and hands back what it had to learn to do so.')
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this; after a command: its flags')
    .helpCommand(false)
    .exitOverride();
  program.configureOutput({ outputError: writeError('lacuna --help') });
  for (const add of commands) {
    const command = add(program);
    addCommonFlags(command);
    command.configureOutput({ outputError: writeError(`lacuna ${command.name()} --help`) });
  }
  return program;
}

/** Commander's complaint as one sentence that says where help is. */
function writeError(help: string): (text: string, write: (text: string) => void) => void {
  return (text, write) => {
    const sentence = text
      .trim()
      .replace(/^error: /, '')
      .replace(/\n\((Did you mean[^)]*\?)\)$/, '. $1')
      .replaceAll(/\s*\n\s*/g, ' ')
      .replace(/ is invalid\. (.*?)\.?$/, ' is invalid: $1')
      .replace(/\. Expected (.*)\.$/, ': expected $1')
      .replace(/\. Did you mean (.*)\?$/, '; did you mean $1?');
    write(`lacuna: ${sentence}${sentence.endsWith('?') ? ' See' : '; see'} ${help}\n`);
  };
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
