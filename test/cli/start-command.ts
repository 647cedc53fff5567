// Starts the real command in a process of its own, as a person's shell would. Knows no command.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../bin/lacuna.js', import.meta.url));

/** How a command ended. */
export type CommandEnd = {
  /** `null` where a signal killed it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
};

/** What is given beside the arguments. */
export type CommandSetting = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Called once it runs; may wait for something and send it a signal. */
  readonly onStart?: (send: (signal: NodeJS.Signals) => void) => Promise<void>;
  /** The arguments of node before the script. */
  readonly nodeArguments?: readonly string[];
};

/** Runs `lacuna` with these arguments to its end. */
export function startCommand(words: readonly string[], setting: CommandSetting = {}): Promise<CommandEnd> {
  const { environment = {}, onStart, nodeArguments = [] } = setting;
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
  return new Promise((resolve, reject) => {
    onStart?.((signal) => child.kill(signal)).catch(reject);
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout, stderr, milliseconds: performance.now() - started });
    });
  });
}
