import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna embed', () => {
  let given: TrainedRun;
  before(async () => {
    given = await trainedRun();
  });
  const at = (name: string) => path.join(given.folder, name);

  it('writes one vector a clip and a line that says which clip it is', async () => {
    const out = at('vectors.npy');
    const { code, stdout } = await startCommand(['embed', given.run, at('world'), '--out', out, '--json']);
    expect(code).to.equal(0);
    const result = JSON.parse(stdout) as { vectors: number; width: number };
    expect(result).to.deep.include({ out, failures: [] });
    const lines = (await readFile(at('vectors.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines).to.have.length(result.vectors);
    const bytes = await readFile(out);
    expect(bytes.toString('latin1', 0, 128)).to.contain(`(${result.vectors}, ${result.width})`);
  });

  it('ends with 3 where a video fails beside a good one, and with 1 where all do', async () => {
    await writeFile(at('broken.mp4'), 'this is no video\n');
    const embed = (...inputs: string[]) =>
      startCommand(['embed', given.run, ...inputs, '--out', at('some.npy'), '--quiet']);
    const some = await embed(given.videos[0] ?? '', at('broken.mp4'));
    expect(some.stderr).to.contain('broken.mp4 failed');
    expect(some.code).to.equal(3);
    expect((await embed(at('broken.mp4'))).code).to.equal(1);
  });
});
