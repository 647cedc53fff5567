import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna report', () => {
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });

  it('writes a page and says where it is', async () => {
    const { code, stdout } = await startCommand(['report', given.run, '--json']);
    expect(code).to.equal(0);
    const { report } = JSON.parse(stdout) as { report: string };
    expect(await readFile(report, 'utf8'))
      .to.match(/^<!doctype html>/i)
      .and.contain('future:8');
  });

  it('ends with 1 for a folder that is no run', async () => {
    const { code, stderr } = await startCommand(['report', given.dataset]);
    expect(stderr).to.match(/^lacuna: [^\n]*dataset[^\n]*\n$/);
    expect(code).to.equal(1);
  });
});
