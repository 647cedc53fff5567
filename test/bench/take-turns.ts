// Owns the order in which sides are measured: one round of each in turn while all others idle, so that whatever slows the machine
// down for a while slows all of them. Knows nothing of what a round is.
import { setTimeout as sleep } from 'node:timers/promises';

/** One who takes part. */
export type Turn = {
  readonly name: string;
  /** Runs one round and keeps what it came to. Returns what to tell the person. */
  readonly take: () => Promise<string>;
};

/** How long turns are taken. */
export type TurnsSetting = {
  /** Rounds at most; at least 1. */
  readonly rounds: number;
  /** No round is begun that would end later than this, counted from the first; the first two are always run. */
  readonly budgetSeconds: number;
  readonly signal: AbortSignal;
  /** Told a line after each turn. */
  readonly onProgress: (line: string) => void;
};

/** Threads that wait for more work keep a core busy for a while after a round: both onnxruntime's and OpenMP's do. Milliseconds. */
const settle = 250;

/** Runs round after round, and returns how many. */
export async function takeTurns(turns: readonly Turn[], setting: TurnsSetting): Promise<number> {
  const { rounds, budgetSeconds, signal, onProgress } = setting;
  const begun = performance.now();
  for (let round = 1; round <= rounds; round++) {
    for (const { name, take } of turns) {
      await sleep(settle, undefined, { signal });
      onProgress(`round ${round} of ${rounds}, ${name}: ${await take()}`);
    }
    const spent = (performance.now() - begun) / 1000;
    if (round >= 2 && spent * (1 + 1 / round) > budgetSeconds) return round;
  }
  return rounds;
}
