import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna demo', () => {
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });

  it('goes the whole way with a person’s own videos', async () => {
    const out = path.join(given.folder, 'demo');
    const { code, stdout, stderr } = await startCommand([
      ...['demo', path.join(given.folder, 'world'), '--out', out, '--minutes', '0.05', '--threads', '1'],
    ]);
    expect(stderr).not.to.contain('lacuna:');
    expect(code).to.equal(0);
    for (const name of ['dataset', 'run', 'vectors.npy', 'vectors.jsonl', 'A.gif', 'B.gif', 'C.gif', 'A.png']) {
      expect(existsSync(path.join(out, name)), name).to.equal(true);
    }
    expect(stdout)
      .to.match(/^future:8 \(/m)
      .and.match(/^gap:4 \(/m)
      .and.match(/^patches:0\.75 \(/m);
    const report = /^Open (.*report\.html) in a browser\.$/m.exec(stdout)?.[1];
    expect(existsSync(report ?? '')).to.equal(true);
  });
});
