// Starts the real command in a process of its own, as a person's shell would. Knows no command.
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
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

/**
 * Runs `lacuna` and kills it so many milliseconds after it has written a file anew.
 * @returns whether it was killed while the file was there
 */
export async function killAtWork(words: readonly string[], file: string, milliseconds: number): Promise<boolean> {
  const writtenAt = () => statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  const before = writtenAt();
  let isOver = false;
  const onStart = async (send: SendSignal) => {
    while (!isOver && [undefined, before].includes(writtenAt())) await sleep(1);
    await sleep(milliseconds);
    send('SIGKILL');
  };
  const { code } = await startCommand(words, { onStart });
  isOver = true;
  return code === null && writtenAt() !== undefined;
}
