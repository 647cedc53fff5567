// Starts the real command in a process of its own, as a person's shell would. Knows no command.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const lacuna = fileURLToPath(new URL('../../bin/lacuna.js', import.meta.url));

/** How a command ended. */
export type CommandEnd = {
  /** `null` where a signal killed it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
};

/** Sends a signal to the command. */
export type SendSignal = (signal: NodeJS.Signals) => void;

/** What is given beside the arguments. */
export type CommandSetting = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Called once it runs; may wait for something and send it a signal. */
  readonly onStart?: (send: SendSignal) => Promise<void>;
  /** Called when the first of standard output, or of standard error, has come. */
  readonly onStdout?: (send: SendSignal) => void;
  readonly onStderr?: (send: SendSignal) => void;
  /** What is run in place of `bin/lacuna.js`. */
  readonly script?: string;
  /** The arguments of node before the script. */
  readonly nodeArguments?: readonly string[];
};

/** Runs `lacuna` with these arguments to its end. */
export function startCommand(words: readonly string[], setting: CommandSetting = {}): Promise<CommandEnd> {
  const { environment = {}, onStart, onStdout, onStderr, script = lacuna, nodeArguments = [] } = setting;
  const started = performance.now();
  const child = spawn(process.execPath, [...nodeArguments, script, ...words], {
    // The options with which mocha loads TypeScript are not the command's.
    env: { ...process.env, NODE_OPTIONS: '', LACUNA_DEBUG: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const send: SendSignal = (signal) => child.kill(signal);
  child.stdout.once('data', () => onStdout?.(send));
  child.stderr.once('data', () => onStderr?.(send));
  return new Promise((resolve, reject) => {
    onStart?.(send).catch(reject);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr, milliseconds: performance.now() - started });
    });
  });
}
