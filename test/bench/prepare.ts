// Owns the benchmark `prepare`: from video files to clips, beside ffmpeg's bare pipe and the readers that Python has. Knows nothing
// of how a side reads them.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '../../dist/video/find-ffmpeg.js';
import type { Benchmark, BenchmarkSetting, Measured } from './benchmark.js';
import { type PrepareRound, prepareRoundSchema, type PrepareTask } from './prepare-task.js';
import { findVideos, type PrepareCase, prepareCases } from './prepare-videos.js';
import { askPeerVersions, pythonSide, withoutPeers } from './python-peers.js';
import { nodeSide, openSide, type Side, type SideCommand } from './side.js';
import { takeTurns, type Turn } from './take-turns.js';

const peerFile = 'prepare.py';
const pythonPeers = ['decord', 'pyav', 'torchcodec'] as const;
const defaultRounds = 5;
const budgetSeconds = 170;
const clip = { size: 64, fps: 12, frames: 16 } as const;

/** See the top of the file. */
export const prepare: Benchmark = {
  description: 'From videos to clips of 64 × 64, beside ffmpeg alone and readers for Python.',
  cases: prepareCases,
  run: async (cases, setting) => {
    const { python, signal } = setting;
    const notes: string[] = python === undefined ? [withoutPeers] : [];
    const { version } = await findFfmpeg();
    const versions = python === undefined ? {} : await askPeerVersions(python, peerFile, signal);
    const measured: Measured[] = [];
    for (const name of prepareCases.filter((known) => cases.includes(known))) {
      measured.push(await measureCase(name, setting, notes));
    }
    return { measured, versions: { ffmpeg: version, ...versions }, notes };
  },
};

async function measureCase(name: PrepareCase, setting: BenchmarkSetting, notes: string[]): Promise<Measured> {
  const { python, signal, rounds = defaultRounds } = setting;
  const onProgress = (line: string) => setting.onProgress(`${name}: ${line}`);
  const { files, frames } = await findVideos(name, onProgress);
  const folder = await mkdtemp(join(tmpdir(), 'lacuna-bench-prepare-'));
  const opened: Side<PrepareRound>[] = [];
  const best = new Map<string, PrepareRound>();
  const open = async (who: string, command: SideCommand, more: object = {}): Promise<Turn> => {
    onProgress(`starting ${who}`);
    const task: PrepareTask = { ...clip, files: [...files], threads: availableParallelism(), out: join(folder, who) };
    const side = await openSide(command, { ...task, ...more }, prepareRoundSchema, signal);
    opened.push(side);
    return turnOf(who, side, best);
  };
  try {
    const turns = [await open('ours', nodeSide('prepare-side.js'))];
    turns.push(await open('ffmpeg-pipe', nodeSide('ffmpeg-pipe-side.js')));
    for (const peer of python === undefined ? [] : pythonPeers) {
      try {
        turns.push(await open(peer, pythonSide(python ?? '', peerFile), { reader: peer }));
      } catch (error) {
        signal.throwIfAborted();
        notes.push(`${peer} is left out of ${name}: ${error instanceof Error ? error.message : String(error)}.`);
      }
    }
    await takeTurns(turns, { rounds, budgetSeconds, signal, onProgress });
  } finally {
    await Promise.all(opened.map((side) => side.stop()));
    await rm(folder, { recursive: true, force: true });
  }
  const rates = [...best].map(([who, { seconds }]) => [who, frames / seconds] as const);
  return {
    case: name,
    unit: 'frames/s',
    ours: rates.find(([who]) => who === 'ours')?.[1] ?? Number.NaN,
    peers: Object.fromEntries(rates.filter(([who]) => who !== 'ours')),
    peakBytes: Object.fromEntries([...best].map(([who, { peakBytes }]) => [who, peakBytes])),
  };
}

/** The shortest round counts. */
function turnOf(name: string, side: Side<PrepareRound>, best: Map<string, PrepareRound>): Turn {
  return {
    name,
    take: async () => {
      const round = await side.round();
      if (round.seconds < (best.get(name)?.seconds ?? Infinity)) best.set(name, round);
      return `${round.seconds.toFixed(2)} s for ${round.pictures} pictures`;
    },
  };
}
