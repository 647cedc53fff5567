import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { createRandom } from '../../lib/clip/random.js';
import { writeWorld } from '../../lib/index.js';
import { folderContents } from '../dataset/folder-contents.js';
import { temporaryFolder } from '../video/made-videos.js';
import { expectRefusals } from './refusals.js';
import { killAtWork, startCommand } from './start-command.js';

describe('lacuna merge', () => {
  const folder = temporaryFolder();
  const parts = () => [0, 1, 2].map((index) => folder.path(`part-${index}`));
  const small = ['--size', '32', '--frames', '8', '--shard-clips', '7', '--quiet'];

  before(async () => {
    await writeWorld({ out: folder.path('world'), videos: 12, seconds: 3, seed: 0, size: 32 });
    await writeFile(folder.path('world/text.mp4'), 'this is no video\n');
    await startCommand(['prepare', folder.path('world'), '--out', folder.path('whole'), ...small]);
    for (const [index, part] of parts().entries()) {
      await startCommand(['prepare', folder.path('world'), '--out', part, '--shard', `${index}/3`, ...small]);
    }
  });

  it('joins the parts to what one prepare would have made', async () => {
    const { code, stdout } = await startCommand(['merge', ...parts(), '--out', folder.path('merged')]);
    expect(stdout).to.match(
      /: 48 clips from 12 videos of 3 datasets\n1 failure of the datasets listed in .*failures\.jsonl\nNext: lacuna pretrain \S+ --out run --hide patches:0\.75\n$/,
    );
    expect(code).to.equal(0);
    expect(await folderContents(folder.path('merged'))).to.deep.equal(await folderContents(folder.path('whole')));
  });

  it('prints one JSON object with --json', async () => {
    const { code, stdout, stderr } = await startCommand([
      ...['merge', ...parts(), '--out', folder.path('json'), '--json', '--quiet'],
    ]);
    const { failures, ...said } = JSON.parse(stdout) as { failures: { video: string }[] };
    expect(said).to.deep.equal({ out: folder.path('json'), videos: 12, clips: 48, skipped: 0, datasets: 3 });
    expect(failures.map(({ video }) => video)).to.deep.equal(['text.mp4']);
    expect([code, stderr]).to.deep.equal([0, '']);
  });

  it('goes on wherever it was killed, to the same bytes', async () => {
    const whole = await folderContents(folder.path('whole'));
    const words = ['merge', ...parts(), '--out', folder.path('killed')];
    const random = createRandom(3, 'kill');
    let killed = 0;
    for (let round = 0; round < 6; round++) {
      if (await killAtWork(words, folder.path('killed/unfinished.json'), 10 * random.uniform())) killed += 1;
    }
    expect(killed).to.be.at.least(1);
    expect((await startCommand(words)).code).to.equal(0);
    expect(await folderContents(folder.path('killed'))).to.deep.equal(whole);
  });

  it('refuses what cannot be merged, in one sentence', async () => {
    await mkdir(folder.path('thesis'));
    await writeFile(folder.path('thesis/chapter.txt'), 'mine');
    await cp(folder.path('part-0'), folder.path('copy'), { recursive: true });
    await cp(folder.path('part-0'), folder.path('other'), { recursive: true });
    const description = await readFile(folder.path('other/dataset.json'), 'utf8');
    await writeFile(folder.path('other/dataset.json'), description.replace('"fps": 12', '"fps": 15'));
    const merge = (...words: string[]) => ['merge', ...words, '--out', folder.path('new')];
    const [first = ''] = parts();
    await expectRefusals([
      ['no dataset', merge(folder.path('thesis')), /thesis is not a dataset folder; name folders that prepare made/, 1],
      ['a video in two', merge(first, folder.path('copy')), /bounce-\d+\.mp4 is in .*copy and in .*part-0; leave/, 1],
      ['other options', merge(first, folder.path('other')), /other was made with other options than .*\(fps is 15/, 2],
      ['a folder of something else', ['merge', first, '--out', folder.path('thesis')], /thesis holds other files/, 2],
      ['a dataset of other videos', ['merge', first, '--out', folder.path('merged')], /merged holds a dataset/, 2],
      ['no result', ['merge', first], /required option '--out <dataset>' not specified; see lacuna merge --help/, 2],
    ]);
  });
});
