import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { decodeNpy } from '../../lib/formats/npy.js';
import { temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna embed', () => {
  const folder = temporaryFolder();
  const at = folder.path;
  let given: TrainedRun;
  let video: string;
  before(async () => {
    given = await trainedRun();
    video = given.videos[0] ?? '';
    await writeFile(at('text.mp4'), 'this is no video\n');
    await mkdir(at('empty'));
  });
  const embed = (model: string, inputs: readonly string[], out: string, ...more: string[]) => [
    ...['embed', model, ...inputs, '--out', at(out), '--threads', '1', ...more],
  ];

  it('writes one vector a clip and a line that says which clip it is', async () => {
    const { code, stdout, stderr } = await startCommand(embed(given.run, given.videos, 'vectors.npy', '--json'));
    expect(code).to.equal(0);
    const out = at('vectors.npy');
    expect(JSON.parse(stdout)).to.deep.include({ out, vectors: 24, width: 128, clips: 24, clipsNow: 24, failures: [] });
    expect(stderr).to.match(
      /^8\/8 videos, .*\n.*vectors\.npy: 24 vectors of 128 numbers at \d+\.\d clips\/s, 0 failures\n$/,
    );
    expect((await readFile(at('vectors.jsonl'), 'utf8')).trimEnd().split('\n')).to.have.length(24);
    expect(decodeNpy(await readFile(out)).shape).to.deep.equal([24, 128]);
  });

  it('embeds a good video beside a bad one, lists that, and ends with 3', async () => {
    const { code, stdout, stderr } = await startCommand(embed(given.run, [at('text.mp4'), video], 'some.npy'));
    expect(stdout).to.match(/some\.npy: 3 vectors of 128 numbers at \d+\.\d clips\/s, 1 failure\n$/);
    expect(stderr).to.match(/^lacuna: text\.mp4 failed: not-a-video: /m);
    expect(stderr).to.match(/^lacuna: all failures are listed in .*some\.failures\.jsonl$/m);
    expect(code).to.equal(3);
    expect(JSON.parse(await readFile(at('some.failures.jsonl'), 'utf8'))).to.include({ video: 'text.mp4' });
  });

  it('refuses bad input in one sentence, with the exit code that belongs to it, and leaves nothing', async () => {
    await expectRefusals([
      ['text.mp4', embed(given.run, [at('text.mp4')], 'x.npy'), /No vector could be made: text\.mp4 is not-a-video/, 1],
      ['a missing file', embed(given.run, [at('missing.mp4')], 'x.npy'), /missing\.mp4 does not exist/, 1],
      ['an empty folder', embed(given.run, [at('empty')], 'x.npy'), /No video was found in .*empty/, 1],
      ['another ending', embed(at('gone'), [video], 'x.txt'), /x\.txt must end in \.npy/, 2],
      ['an unknown flag', embed(given.run, [video], 'x.npy', '--outt', 'x'), /'--outt'; did you mean --out\?/, 2],
    ]);
    expect((await readdir(at(''))).filter((name) => name.includes('x.'))).to.deep.equal([]);
  });
});
