// Tests the command: what it refuses, and that a run that was killed goes on and prints what the design says.
import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../video/made-videos.js';
import type { ExperimentRow } from './experiment.js';
import { marks } from './learner.js';

const file = fileURLToPath(new URL('run.ts', import.meta.url));

function start(words: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const env = { ...process.env, LACUNA_PEER_PYTHON: '' };
  const child = spawn(process.execPath, ['--import=tsx', file, ...words], { env });
  const ended: Ended = { code: null, output: '', complaints: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.complaints += text));
  return { child, ended: once(child, 'close').then(() => ({ ...ended, code: child.exitCode })) };
}

type Ended = { code: number | null; output: string; complaints: string };

describe('npm run experiment', () => {
  const folder = temporaryFolder();

  it('names what is near to a case that there is not', async () => {
    const { code, complaints } = await start(['moving-mnist', '--case', 'mix-a']).ended;
    expect(code).to.equal(2);
    expect(complaints).to.equal('experiment: There is no case mix-a; did you mean mix-A?\n');
  });

  it('goes on after kill -9, and makes nothing twice', async () => {
    const out = folder.path('state');
    const words = ['moving-mnist', '--case', 'A', '--minutes', '0.04', '--clips', '4', '--json', '--folder', out];
    const killed = start(words);
    const first = await waitFor(join(out, 'moving-mnist'), `look-${marks[0]}.json`);
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { mtimeMs } = await stat(first);

    const { code, output, complaints } = await start(words).ended;
    expect(code, complaints).to.equal(0);
    expect((await stat(first)).mtimeMs).to.equal(mtimeMs);
    const { name, rows, note } = JSON.parse(output) as { name: string; rows: ExperimentRow[]; note: string };
    expect(name).to.equal('moving-mnist');
    expect(note).to.contain('LACUNA_PEER_PYTHON');
    expect(rows.map(({ metric, better }) => [metric, better])).to.deep.equal([
      ['mse', 'lower'],
      ['mae', 'lower'],
      ['psnr', 'higher'],
      ['ssim', 'higher'],
    ]);
    const [mse] = rows;
    expect(mse).to.deep.include({ case: 'A', minutes: 0.04, peers: {} });
    expect(mse?.baselines).to.have.all.keys('black', 'mean frame', 'visible mean', 'copy-last', 'linear blend');
    const [curve = []] = mse?.curves['ours'] ?? [];
    expect(curve.length).to.equal(marks.length);
    for (const [index, { minutes, value }] of curve.entries()) {
      expect(minutes).to.be.at.least(0.04 * (marks[index] ?? 1) - 1e-9);
      expect(value).to.be.within(1, 2000);
    }
    expect(mse?.ours).to.deep.equal([curve.at(-1)?.value]);
    // The network starts near the cheapest guess; over three channels it would be three times that.
    expect((curve[0]?.value ?? 0) / (mse?.baselines['copy-last'] ?? 0)).to.be.within(0.4, 1.1);

    const again = await start(words).ended;
    expect(again.output).to.equal(output);
    expect(again.complaints).not.to.contain('learning');
  }).timeout(180_000);
});

/** The file of this name somewhere below a folder, as soon as it is there. */
async function waitFor(folder: string, name: string): Promise<string> {
  for (;;) {
    const files = await readdir(folder, { recursive: true }).catch(() => []);
    const found = files.find((path) => path.endsWith(`/${name}`));
    if (found !== undefined) return join(folder, found);
    await sleep(20);
  }
}
