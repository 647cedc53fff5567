// Owns the benchmark `engine`: training steps and inference of the presets beside the same models in PyTorch, and beside what the
// machine's matrix product allows. Knows nothing of how a side runs a case.
import { z } from 'zod';
import type { Benchmark, BenchmarkSetting, Measured } from './benchmark.js';
import { engineCaseNames, type EngineTask, findEngineCase, pytorchModes } from './engine-cases.js';
import { createLimitTask, findLimit, type Limit, type LimitAnswer, limitAnswerSchema } from './limit.js';
import { flopsOfClip, largestProducts } from './model-flops.js';
import { askPeerVersions, pythonSide, withoutPeers } from './python-peers.js';
import { nodeSide, openSide, type Side, type SideCommand } from './side.js';
import { takeTurns, type Turn } from './take-turns.js';

const roundSchema = z.object({ seconds: z.number().positive(), peakBytes: z.number().positive() });

/** The best of a side's rounds: the shortest run, in seconds, and the most memory that its process held. */
type Best = z.infer<typeof roundSchema>;

const peerFile = 'engine.py';
const defaultRounds = 6;
/** For the rounds of one case. With the start of all sides the whole benchmark stays below twelve minutes on two cores. */
const budgetSeconds = 50;
/** Product shapes of the model beside the cube. */
const limitShapes = 5;

/** See the top of the file. */
export const engine: Benchmark = {
  description: 'Training steps and inference beside PyTorch.',
  cases: engineCaseNames,
  run: async (cases, setting) => {
    const { python, signal } = setting;
    const notes: string[] = python === undefined ? [withoutPeers] : [];
    const versions = python === undefined ? {} : await askPeerVersions(python, peerFile, signal);
    const measured: Measured[] = [];
    for (const name of cases) measured.push(...(await measureCase(name, setting, notes)));
    return { measured, versions, notes };
  },
};

async function measureCase(name: string, setting: BenchmarkSetting, notes: string[]): Promise<readonly Measured[]> {
  const { python, signal, rounds = defaultRounds } = setting;
  const onProgress = (line: string) => setting.onProgress(`${name}: ${line}`);
  const { task, peers } = findEngineCase(name);
  const opened: Side<unknown>[] = [];
  const open = async <Answer>(who: string, command: SideCommand, given: unknown, answers: z.ZodType<Answer>) => {
    onProgress(`starting ${who}`);
    const side = await openSide(command, given, answers, signal);
    opened.push(side);
    return side;
  };
  try {
    const best = new Map<string, Best>();
    const limits: LimitAnswer[] = [];
    const ours = nodeSide(task.isEmbed ? 'embed-side.js' : 'engine-side.js');
    const turns: Turn[] = [turnOf('ours', await open('ours', ours, task, roundSchema), best)];
    for (const peer of python === undefined ? [] : peers) {
      try {
        const command = pythonSide(python ?? '', peerFile);
        const side = await open(peer, command, { ...task, mode: pytorchModes[peer] }, roundSchema);
        turns.push(turnOf(peer, side, best));
      } catch (error) {
        // One peer that does not run here, such as a compiler without its tools, takes nothing from the others.
        signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        notes.push(`${peer} is left out of ${name}: ${reason}.`);
      }
    }
    const products = largestProducts(task.model, task, limitShapes);
    const limitTask = createLimitTask(products, task.threads);
    const limitSide = await open('the limit', nodeSide('limit-side.js'), limitTask, limitAnswerSchema);
    turns.push({
      name: 'the limit',
      take: async () => {
        limits.push(await limitSide.round());
        return `at most ${(findLimit(limits).flopsPerSecond / 1e9).toFixed(0)} GFLOP/s`;
      },
    });
    await takeTurns(turns, { rounds, budgetSeconds, signal, onProgress });
    return rowsOf(name, task, best, findLimit(limits));
  } finally {
    await Promise.all(opened.map((side) => side.stop()));
  }
}

function turnOf(name: string, side: Side<Best>, best: Map<string, Best>): Turn {
  return {
    name,
    take: async () => {
      const { seconds, peakBytes } = await side.round();
      const known = best.get(name)?.seconds ?? Infinity;
      best.set(name, { seconds: Math.min(seconds, known), peakBytes });
      return `${(seconds * 1000).toFixed(0)} ms`;
    },
  };
}

/** Clips per second, the arithmetic in them, and what the memory is used for. */
function rowsOf(name: string, task: EngineTask, best: ReadonlyMap<string, Best>, limit: Limit): readonly Measured[] {
  const gigaflops = flopsOfClip(task.model, task) / 1e9;
  const rate = limit.flopsPerSecond / 1e9;
  const clipsPerSecond = ({ seconds }: Best) => task.batch / seconds;
  return [
    {
      ...{ case: name, unit: 'clips/s', ...compare(best, clipsPerSecond) },
      limit: { name: limit.name, value: rate / gigaflops },
    },
    {
      ...{ case: `${name} GFLOP/s`, unit: 'GFLOP/s' },
      ...compare(best, (side) => clipsPerSecond(side) * gigaflops),
      limit: { name: limit.name, value: rate },
    },
    {
      ...{ case: `${name} memory`, unit: 'clips per GiB of peak memory' },
      ...compare(best, ({ peakBytes }) => task.batch / (peakBytes / 2 ** 30)),
      peakBytes: Object.fromEntries([...best].map(([side, { peakBytes }]) => [side, peakBytes])),
    },
  ];
}

function compare(best: ReadonlyMap<string, Best>, value: (side: Best) => number): Pick<Measured, 'ours' | 'peers'> {
  const values = [...best].map(([side, of]) => [side, value(of)] as const);
  const ours = values.find(([side]) => side === 'ours')?.[1] ?? Number.NaN;
  return { ours, peers: Object.fromEntries(values.filter(([side]) => side !== 'ours')) };
}
