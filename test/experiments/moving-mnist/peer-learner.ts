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
  /** As Lacuna writes it; what it hides of training clips is drawn anew. */
  readonly hide: string;
  /** Files of digits to draw from, `uint8 [n, 28, 28]`, of the test set, `uint8 [n, T, H, W, 1]`, and what is hidden of it, without C. */
  readonly digits: string;
  readonly test: string;
  readonly hidden: string;
};

const answerSchema = lookSchema.omit({ figures: true }).extend({ figures: figuresSchema });

/** Seconds of training between two checkpoints at most, and of short trainings a tenth. */
const checkpointSeconds = 60;

/** One who learns in this folder. */
export function createPeerLearner(folder: string, python: string, task: PeerTask, signal: AbortSignal): Learner {
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
      return { ...look, figures: { [task.hide]: figures } };
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
