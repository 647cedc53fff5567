// Makes one small world, dataset and run with the real commands, once for all tests of a process that need them.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeWorld } from '../../lib/index.js';
import { startCommand } from './start-command.js';

/** Where things stand; removed when the process ends. */
export type TrainedRun = {
  /** A folder in which tests may make more. */
  readonly folder: string;
  readonly videos: readonly string[];
  readonly dataset: string;
  readonly run: string;
};

/** How it was trained. */
export const trainedOptions: readonly string[] = [
  ...['--hide', 'future:8', '--steps', '8', '--batch', '4', '--threads', '1'],
];

let made: Promise<TrainedRun> | undefined;

/** The same run for all; tests must not change it. */
export function trainedRun(): Promise<TrainedRun> {
  made ??= make();
  return made;
}

async function make(): Promise<TrainedRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lacuna-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => path.join(folder, name);
  const videos = await writeWorld({ out: at('world'), videos: 8, seconds: 4, seed: 0 });
  const dataset = at('dataset');
  const run = at('run');
  await succeed(['prepare', at('world'), '--out', dataset]);
  await succeed(['pretrain', dataset, '--out', run, ...trainedOptions]);
  return { folder, videos, dataset, run };
}

async function succeed(words: readonly string[]): Promise<void> {
  const { code, stderr } = await startCommand([...words, '--quiet']);
  if (code !== 0) throw new Error(`lacuna ${words.join(' ')} ended with ${String(code)}: ${stderr}`);
}
