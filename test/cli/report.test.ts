import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna report', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
    await mkdir(folder.path('empty'));
  });

  it('writes a page and says where it is and what its figures are, as JSON', async () => {
    const { code, stdout, stderr } = await startCommand(['report', given.run, '--threads', '1', '--json']);
    expect(code).to.equal(0);
    const said = JSON.parse(stdout) as { report: string; evaluations: { hide: string; clips: number }[] };
    expect(Object.keys(said)).to.deep.equal(['report', 'evaluations']);
    expect(said.report).to.equal(join(given.run, 'report.html'));
    expect(said.evaluations).to.have.length(1);
    expect(said.evaluations[0]).to.include({ hide: 'future:8', clips: 3 });
    expect(await readFile(said.report, 'utf8'))
      .to.match(/^<!doctype html>/)
      .and.contain('<code>future:8</code>');
    expect(stderr).to.match(/^3\/3 clips/);
  });

  it('refuses what is no run, in one sentence', async () => {
    await expectRefusals([
      ['a missing folder', ['report', folder.path('gone')], /gone does not exist; name a folder that pretrain made/, 1],
      ['an empty folder', ['report', folder.path('empty')], /empty is no model: it has no config\.json/, 1],
      ['a dataset', ['report', given.dataset], /dataset is no model/, 1],
      [
        'an unknown flag',
        ['report', given.run, '--clips', '1'],
        /unknown option '--clips'; see lacuna report --help/,
        2,
      ],
    ]);
  });
});
