import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { temporaryFolder } from '../video/made-videos.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedRun } from './trained-run.js';

describe('names that look like something else', function () {
  const folder = temporaryFolder();
  const names = [
    '-i.mp4',
    'a:b|c%03d.mp4',
    'http:x.mp4',
    'line\nfeed.mp4',
    `'quoted".mp4`,
    ' caf\u00e9 cafe\u0301.mp4',
  ];
  let given: TrainedRun;

  before(async function () {
    if (process.platform === 'win32') this.skip();
    given = await trainedRun();
    await mkdir(folder.path('videos'));
    for (const name of names) await copyFile(given.videos[0] ?? '', folder.path(`videos/${name}`));
  });

  const listed = async (file: string) => {
    const lines = (await readFile(folder.path(file), 'utf8')).trimEnd().split('\n');
    return [...new Set(lines.map((line) => (JSON.parse(line) as { video: string }).video))].sort();
  };

  it('are just names to prepare and embed', async () => {
    const prepared = await startCommand(['prepare', folder.path('videos'), '--out', folder.path('data'), '--quiet']);
    expect(prepared).to.include({ code: 0, stderr: '', stdout: '' });
    expect(await listed('data/clips.jsonl')).to.deep.equal([...names].sort());
    const embedded = ['embed', given.run, folder.path('videos'), '--out', folder.path('%d:v.npy'), '--threads', '1'];
    expect(await startCommand([...embedded, '--quiet'])).to.include({ code: 0, stderr: '' });
    expect(await listed('%d:v.jsonl')).to.deep.equal([...names].sort());
  });

  it('are just names to predict, as what it reads and as what it writes', async () => {
    await mkdir(folder.path('out'));
    for (const name of names) {
      const [video, out] = [folder.path(`videos/${name}`), folder.path(join('out', name))];
      const end = await startCommand([
        'predict',
        given.run,
        video,
        '--hide',
        'future:8',
        '--out',
        out,
        '--threads',
        '1',
      ]);
      expect(end.code, `${name}: ${end.stderr}`).to.equal(0);
    }
    expect((await readdir(folder.path('out'))).sort()).to.deep.equal([...names].sort());
  });
});
