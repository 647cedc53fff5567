import { expect } from 'chai';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { isVideoName, partOf, scanInputs } from '../../lib/dataset/scan.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('scanInputs', () => {
  const folder = temporaryFolder();
  const scan = (...inputs: string[]) => scanInputs(inputs.map(folder.path), folder.path('data'));
  const namesOf = async (...inputs: string[]) => (await scan(...inputs)).videos.map(({ video }) => video);

  before(async () => {
    const files = [
      ...['a/b.mp4', 'a/B.MKV', 'a/10.webm', 'a/9.gif', 'a/notes.txt', 'a/.hidden.mp4', 'a/.git/x.mp4', 'a/ä ö.mov'],
      ...['a/sub/b.mp4', 'a/sub/deep/c.avi', 'a/sub/cover.jpg', 'other/b.mp4', 'data/shards/00000.npy', 'data/x.mp4'],
    ];
    for (const file of files) {
      await mkdir(dirname(folder.path(file)), { recursive: true });
      await writeFile(folder.path(file), '');
    }
    await symlink(folder.path('a'), folder.path('a/sub/loop'));
    await symlink(folder.path('other'), folder.path('a/zlink'));
  });

  it('finds what is a video by its extension, sorted, in all folders but hidden ones', async () => {
    expect(await namesOf('a')).to.deep.equal([
      ...['10.webm', '9.gif', 'B.MKV', 'b.mp4', 'sub/b.mp4', 'sub/deep/c.avi', 'zlink/b.mp4', 'ä ö.mov'],
    ]);
    expect((await scan('a')).passedOver).to.equal(2);
  });

  it('takes a file that is named outright, whatever it is called', async () => {
    expect(await scan('a/notes.txt', 'a/sub')).to.deep.equal({
      videos: [
        { path: folder.path('a/notes.txt'), video: 'notes.txt' },
        { path: folder.path('a/sub/b.mp4'), video: 'b.mp4' },
        { path: folder.path('a/sub/deep/c.avi'), video: 'deep/c.avi' },
        ...['10.webm', '9.gif', 'B.MKV', 'b.mp4', 'zlink/b.mp4', 'ä ö.mov'].map((name) => ({
          path: folder.path(`a/sub/loop/${name}`),
          video: `loop/${name}`,
        })),
      ],
      passedOver: 2,
    });
  });

  it('takes a file that is named twice once', async () => {
    expect(await namesOf('other', 'other/b.mp4', 'other')).to.deep.equal(['b.mp4']);
    expect(await namesOf('a/sub/deep', 'a/sub/b.mp4', 'a/sub/deep/c.avi')).to.deep.equal(['c.avi', 'b.mp4']);
  });

  it('leaves the dataset folder out', async () => {
    expect((await namesOf('.')).filter((name) => name.startsWith('data/'))).to.deep.equal([]);
  });

  it('refuses two files of one name, and what does not exist', async () => {
    const twice = await rejectionOf(scan('a', 'other'));
    expect(twice).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    expect(twice).to.have.property('message').that.includes('other/b.mp4');
    const absent = await rejectionOf(scan('absent'));
    expect(absent).to.be.instanceOf(LacunaError).with.property('message').that.includes('absent');
  });
});

describe('isVideoName', () => {
  it('goes by the extension, in any case', () => {
    expect(['x.mp4', 'x.MP4', 'x.tar.webm', '.x.gif'].every(isVideoName)).to.equal(true);
    expect(['mp4', 'x.mp3', 'x.png', 'x.mp4.part', 'x'].some(isVideoName)).to.equal(false);
  });
});

describe('partOf', () => {
  it('puts each video into one part, about evenly, by its name alone', () => {
    const counts = [0, 0, 0, 0];
    for (let video = 0; video < 4000; video++) {
      const part = partOf(`folder/${video}.mp4`, 4);
      counts[part] = (counts[part] ?? NaN) + 1;
    }
    counts.forEach((count) => expect(count).to.be.within(900, 1100));
    // A choice that must never change: machines of different versions share a corpus.
    expect([partOf('a.mp4', 1), partOf('a.mp4', 1000)]).to.deep.equal([0, 835]);
  });
});
