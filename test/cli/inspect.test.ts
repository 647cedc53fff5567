import { expect } from 'chai';
import { decode } from 'fast-png';
import { cp, readFile, truncate } from 'node:fs/promises';
import { temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna inspect', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });

  it('says what is in a dataset', async () => {
    const { code, stdout, stderr } = await startCommand(['inspect', given.dataset, '--quiet']);
    expect(stdout)
      .to.match(/^dataset +.*dataset$/m)
      .and.match(/^clips +24, each 16 frames of 64 × 64 pixels$/m)
      .and.match(/^videos +8, with 3 to 3 clips each \(the middle one 3\)$/m)
      .and.match(/^length +32\.0 seconds$/m)
      .and.match(/^cut +12 frames a second, stride 1, hop 16, cover$/m)
      .and.match(/^size +4\.7 MB in 1 shard$/m)
      .and.match(/^failures +0$/m);
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  it('draws a contact sheet', async () => {
    const out = folder.path('sheet.png');
    const words = ['inspect', given.dataset, '--out', out, '--clips', '3', '--json', '--quiet'];
    const { code, stdout } = await startCommand(words);
    const said = JSON.parse(stdout) as { clips: number; sheet: { out: string; rows: { video: string }[] } };
    expect(said).to.include({ kind: 'dataset', clips: 24, videos: 8 });
    expect(said.sheet.out).to.equal(out);
    expect(said.sheet.rows.map(({ video }) => video)).to.deep.equal([
      ...['bounce-001.mp4', 'bounce-004.mp4', 'bounce-006.mp4'],
    ]);
    const { width, height } = decode(await readFile(out));
    expect([width, height]).to.deep.equal([8 * 130 - 2, 3 * 130 - 2]);
    expect(code).to.equal(0);
  });

  it('says how far a run is', async () => {
    const { code, stdout } = await startCommand(['inspect', given.run]);
    expect(stdout)
      .to.match(/^run +.*run$/m)
      .and.match(/^model +conv-tiny, \d\.\d\d M parameters$/m)
      .and.match(/^hidden +future:8 \(100 %\)$/m)
      .and.match(/^steps +8 of 4 clips each, asked for 8 steps$/m)
      .and.match(/^ {2}loss +[\d.]+ for future:8, mean of its last 8 steps up to step 8$/m)
      .and.match(/^dataset +.*dataset, still there$/m);
    expect(code).to.equal(0);
    const json = JSON.parse((await startCommand(['inspect', given.run, '--json'])).stdout) as Record<string, unknown>;
    expect(json).to.include({ kind: 'run', isFinished: true, steps: 8, checkpointStep: 8 });
  });

  it('names damage with exit code 3, and refuses what it does not know', async () => {
    await cp(given.dataset, folder.path('damaged'), { recursive: true });
    await truncate(folder.path('damaged/shards/00000.npy'), 10_000);
    const damaged = await startCommand(['inspect', folder.path('damaged')]);
    expect(damaged.stderr).to.match(/damaged failed: .*00000\.npy holds fewer clips than clips\.jsonl lists/);
    expect(damaged.code).to.equal(3);
    const sheet = ['--out', folder.path('x.png')];
    await expectRefusals([
      ['a missing folder', ['inspect', folder.path('gone')], /gone does not exist or is no folder/, 1],
      ['another folder', ['inspect', folder.path('.')], /is neither a dataset nor a run/, 1],
      [
        'a picture of a run',
        ['inspect', given.run, ...sheet],
        /run is a run and holds no clips; inspect its dataset/,
        2,
      ],
      ['no picture', ['inspect', given.dataset, '--out', folder.path('x.txt')], /x\.txt must end in \.png/, 2],
    ]);
  });
});
