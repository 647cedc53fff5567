import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { decode } from 'fast-png';
import { temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';
import { type LabelledRun, labelledRun } from './labelled-run.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('lacuna search and lacuna dedupe', () => {
  const folder = temporaryFolder();
  const at = folder.path;
  let given: TrainedRun;
  let other: LabelledRun;
  before(async () => {
    given = await trainedRun();
    other = await labelledRun();
    await startCommand(['embed', given.run, ...given.videos, '--out', at('all.npy'), '--threads', '1']);
  });
  const searchFor = (...words: string[]) => ['search', at('all.npy'), ...words, '--threads', '1'];

  it('finds the clip itself first, at its time', async () => {
    const video = given.videos[5] ?? '';
    const { code, stdout, stderr } = await startCommand(
      searchFor(video, '--model', given.run, '--at', '1.5', '--count', '4', '--json'),
    );
    expect(code, stderr).to.equal(0);
    const { query, found } = JSON.parse(stdout) as {
      query: { startSeconds: number };
      found: { video: string; startSeconds: number; cosine: number }[];
    };
    expect(query.startSeconds).to.be.closeTo(16 / 12, 1e-9);
    expect(found).to.have.length(4);
    expect(found[0]).to.include({ video: 'bounce-005.mp4', startSeconds: query.startSeconds });
    expect(found[0]?.cosine).to.be.closeTo(1, 1e-4);
    const cosines = found.map(({ cosine }) => cosine);
    expect([...cosines].sort((one, two) => two - one)).to.deep.equal(cosines);
    const text = await startCommand(searchFor(video, '--model', given.run, '--count', '2'));
    expect(text.stdout).to.match(/^ +from +cosine\nbounce-005\.mp4 +0\.00 s +1\.0000\n/);
  });

  it('compares vectors of another layer and pooling with the clip’s of the same', async () => {
    const [video = ''] = given.videos;
    const embed = ['embed', given.run, ...given.videos, '--out', at('layer.npy'), '--threads', '1'];
    expect((await startCommand([...embed, '--layer', '1', '--pool', 'grid'])).code).to.equal(0);
    const words = ['search', at('layer.npy'), video, '--model', given.run, '--count', '1', '--threads', '1', '--json'];
    const { stdout, stderr, code } = await startCommand(words);
    expect(code, stderr).to.equal(0);
    const { found } = JSON.parse(stdout) as { found: { video: string; cosine: number }[] };
    expect(found[0]?.video).to.equal('bounce-000.mp4');
    expect(found[0]?.cosine).to.be.closeTo(1, 1e-4);
    // As lists were that named neither.
    const list = await readFile(at('layer.jsonl'), 'utf8');
    await writeFile(at('layer.jsonl'), list.replaceAll(',"layer":1,"pooling":"grid"', ''));
    await expectRefusals([
      ['vectors of an unnamed layer', words.slice(0, -1), /they are of another layer or pooling/, 1],
    ]);
  });

  it('draws what it found', async () => {
    const [video = ''] = given.videos;
    const words = searchFor(video, '--model', given.run, '--count', '3', '--sheet', at('found.png'));
    const { code, stderr } = await startCommand([...words, ...given.videos.flatMap((one) => ['--videos', one])]);
    expect(code, stderr).to.equal(0);
    const { width, height, data } = decode(await readFile(at('found.png')));
    // 8 frames of 64 × 64, twice as large, with 2 between them; the first that was found is the clip itself.
    expect([width, height]).to.deep.equal([8 * 130 - 2, 4 * 130 - 2]);
    const rowOf = (row: number) => Buffer.from(data).subarray(row * 130 * width * 4, (row * 130 + 128) * width * 4);
    expect(Buffer.compare(rowOf(0), rowOf(1))).to.equal(0);
    expect(Buffer.compare(rowOf(0), rowOf(2))).to.not.equal(0);
    await expectRefusals([
      ['no videos', words, /needs both --sheet and --videos/, 2],
      ['other videos', [...words, '--videos', video], /bounce-00\d\.mp4 is not in .*; name what was embedded/, 1],
    ]);
  });

  it('finds what is there twice', async () => {
    const twice = at('twice.npy');
    await copyFile(given.videos[0] ?? '', at('copy.mp4'));
    await startCommand(['embed', given.run, ...given.videos, at('copy.mp4'), '--out', twice, '--threads', '1']);
    const { stdout } = await startCommand(['dedupe', twice, '--threshold', '0.99999', '--json']);
    const { duplicates } = JSON.parse(stdout) as { duplicates: number };
    expect(duplicates).to.be.at.least(3);
    expect((await startCommand(['dedupe', twice])).stdout).to.match(/clips? of 27 could be left out\n$/);
  });

  it('refuses bad input in one sentence', async () => {
    const video = given.videos[0] ?? '';
    await copyFile(at('all.npy'), at('short.npy'));
    const lines = (await readFile(at('all.jsonl'), 'utf8')).trimEnd().split('\n');
    await writeFile(at('short.jsonl'), `${lines.slice(1).join('\n')}\n`);
    await expectRefusals([
      [
        'a list that is too short',
        ['search', at('short.npy'), video, '--model', given.run],
        /24 vectors and .*short\.jsonl 23 lines/,
        1,
      ],
      ['vectors of another model', searchFor(video, '--model', other.run), /are of another model than/, 1],
      ['no vectors', ['search', at('gone.npy'), video, '--model', given.run], /gone\.npy cannot be read/, 1],
      ['a missing video', searchFor(at('gone.mp4'), '--model', given.run), /gone\.mp4 does not exist/, 1],
      ['no model', searchFor(video), /--model/, 2],
    ]);
  });
});
