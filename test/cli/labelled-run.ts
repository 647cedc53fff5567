// Makes one small labelled world, dataset and run with the real commands, once for all tests of a process that need them.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCommand } from './start-command.js';

/** Where things stand; removed when the process ends. */
export type LabelledRun = {
  /** Videos of `looks` and labels.csv. */
  readonly world: string;
  readonly dataset: string;
  readonly run: string;
};

let made: Promise<LabelledRun> | undefined;

/** The same for all; tests must not change it. */
export function labelledRun(): Promise<LabelledRun> {
  made ??= make();
  return made;
}

async function make(): Promise<LabelledRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lacuna-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => path.join(folder, name);
  const [world, dataset, run] = [at('world'), at('dataset'), at('run')];
  const size = ['--size', '32'];
  await succeed(['world', world, '--kind', 'looks', '--videos', '40', '--held-out', '8', '--seconds', '0.67', ...size]);
  await succeed([
    ...['prepare', world, '--out', dataset, '--labels', path.join(world, 'labels.csv'), ...size],
    ...['--fps', '12', '--frames', '8'],
  ]);
  await succeed(['pretrain', dataset, '--out', run, '--hide', 'future:2', '--steps', '6', '--threads', '1']);
  return { world, dataset, run };
}

async function succeed(words: readonly string[]): Promise<void> {
  const { code, stderr } = await startCommand([...words, '--quiet']);
  if (code !== 0) throw new Error(`lacuna ${words.join(' ')} ended with ${String(code)}: ${stderr}`);
}
