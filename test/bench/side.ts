// Owns one side of a comparison: a child process that is told in a line of JSON what to do, says that it is ready, and answers
// every further line with what a round came to. Knows nothing of what is measured.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A program and its arguments. */
export type SideCommand = { readonly program: string; readonly arguments: readonly string[] };

/** A side that is ready. */
export type Side<Answer> = {
  /** Runs one round. @throws {Error} where the process ended, with the last that it said. */
  readonly round: () => Promise<Answer>;
  /** Ends the process, and returns when it is gone. */
  readonly stop: () => Promise<void>;
};

const readySchema = z.object({ ready: z.literal(true) });

/** How long a side may take to end by itself, milliseconds. */
const patience = 5000;

/** Letters of a side's complaints that are kept. */
const keptLetters = 2000;

/** The command that runs a compiled file of this folder, without anything that would count as its memory. */
export function nodeSide(file: string): SideCommand {
  return { program: process.execPath, arguments: [fileURLToPath(new URL(file, import.meta.url))] };
}

/**
 * Starts a side and waits until it has warmed up.
 * @param given what its first line says
 * @throws {Error} where it does not start or ends before it is ready, with the last that it said.
 */
export async function openSide<Answer>(
  command: SideCommand,
  given: unknown,
  answers: z.ZodType<Answer>,
  signal: AbortSignal,
): Promise<Side<Answer>> {
  const { ask, stop } = await startConversation(command, signal);
  try {
    readySchema.parse(await ask(given));
  } catch (error) {
    await stop();
    throw error;
  }
  return { round: async () => answers.parse(await ask({})), stop };
}

/** Starts a process, gives it one line and returns its one answer. */
export async function askOnce(command: SideCommand, given: unknown, signal: AbortSignal): Promise<unknown> {
  const { ask, stop } = await startConversation(command, signal);
  try {
    return await ask(given);
  } finally {
    await stop();
  }
}

/** A process that answers each line of JSON by one. */
type Conversation = { readonly ask: (line: unknown) => Promise<unknown>; readonly stop: () => Promise<void> };

async function startConversation(command: SideCommand, signal: AbortSignal): Promise<Conversation> {
  signal.throwIfAborted();
  // A group of its own, so that what it starts itself ends with it and Ctrl-C reaches only us, who end all sides.
  const child = spawn(command.program, command.arguments, { detached: process.platform !== 'win32' });
  const kill = () => killGroup(child);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await once(child, 'spawn');
  signal.addEventListener('abort', kill);
  process.once('exit', kill);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-keptLetters)));
  // That the process is gone shows in its answers.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const ask = async (line: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    const next = await lines.next();
    signal.throwIfAborted();
    if (next.done !== true) return JSON.parse(next.value) as unknown;
    await closed;
    const how = child.exitCode === null ? `by ${child.signalCode ?? 'a signal'}` : `with code ${child.exitCode}`;
    throw new Error(`it ended ${how}: ${complaints.trim().split('\n').slice(-3).join(' | ')}`);
  };

  const stop = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(kill, patience);
    await closed;
    clearTimeout(timer);
    // What it started may still be there.
    kill();
    signal.removeEventListener('abort', kill);
    process.off('exit', kill);
  };
  return { ask, stop };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Nothing of it is left.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
