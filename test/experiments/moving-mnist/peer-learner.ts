// Owns a peer's side: a process that trains from mark to mark, and evaluates at each. Knows nothing of what the peer is.
import { availableParallelism } from 'node:os';
import { pythonSide } from '../../bench/python-peers.js';
import { openSide } from '../../bench/side.js';
import { figuresSchema, type Learner, lookSchema, marks } from '../learner.js';
import type { PeerName } from './cases.js';

/** The program in `test/bench/peers/` that trains all of them. */
export const peerFile = 'prediction.py';

/** What a peer is given, and what decides what it learns. */
export type PeerTask = {
  readonly model: PeerName;
  /** What its network is made with, as its file takes it. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The highest. */
  readonly learningRate: number;
  readonly minutes: number;
  readonly seed: number;
  /** Files of digits to draw from, `uint8 [n, 28, 28]`, and of the test set, `uint8 [n, T, H, W, 1]`. */
  readonly digits: string;
  readonly test: string;
};

const answerSchema = lookSchema.omit({ figures: true }).extend({ figures: figuresSchema });

/** Seconds of training between two checkpoints at most, and of short trainings a tenth. */
const checkpointSeconds = 60;

/** One who learns in this folder; `hide` is what its figures are of. */
export function createPeerLearner(
  folder: string,
  python: string,
  task: PeerTask,
  hide: string,
  signal: AbortSignal,
): Learner {
  let side: ReturnType<typeof start> | undefined;
  const start = (from: number) =>
    openSide(
      pythonSide(python, peerFile),
      {
        ...{ ...task, folder, threads: availableParallelism(), marks: marks.filter((mark) => mark >= from) },
        checkpointSeconds: Math.min(checkpointSeconds, 6 * task.minutes),
      },
      answerSchema,
      signal,
    );
  return {
    async learnUntil(mark) {
      side ??= start(mark);
      const { figures, ...look } = await (await side).round();
      return { ...look, figures: { [hide]: figures } };
    },
    async close() {
      // One that did not start has ended.
      await side?.then(
        ({ stop }) => stop(),
        () => undefined,
      );
    },
  };
}
