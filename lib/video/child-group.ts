// Owns the end of started programs: a program and what it has started end together, and none outlives this process. Knows
// nothing of what they do.
import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(killGroup));

/** Starts a program in a group of its own, so that what a wrapper script started ends with it. */
export function startGroup(program: string, words: readonly string[], stdio: SpawnOptions['stdio']): ChildProcess {
  const child = spawn(program, words, { stdio, detached: process.platform !== 'win32', windowsHide: true });
  running.add(child);
  child.on('close', () => running.delete(child));
  child.on('error', () => running.delete(child));
  return child;
}

/** Kills what was started, and what that has started in turn, even where the first has ended before. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of them have ended in between.
  }
}

/** How a program ended. */
export type ProgramEnd = {
  /** `null` where it did not end itself. */
  readonly exitCode: number | null;
  /** What ended it where it did not end itself, such as `SIGSEGV` after a crash. */
  readonly endedBy?: NodeJS.Signals;
};

/** Settles when the program has ended and its pipes are closed. */
export function endOf(child: ChildProcess): Promise<ProgramEnd> {
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, endedBy) => resolve({ exitCode, ...(endedBy === null ? {} : { endedBy }) }));
  });
  ended.catch(() => undefined);
  return ended;
}
