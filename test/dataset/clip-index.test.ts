import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { checkOf, readIndexedVideos, writeIndexedVideos } from '../../lib/dataset/clip-index.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('the list of the videos of an index', () => {
  const folder = temporaryFolder();

  it('is read as it was written, and is nothing where there is none', async () => {
    const videos = [
      { video: 'a/b.mp4', path: '/videos/a/b.mp4', byteLength: 12, checks: [0, 2 ** 32 - 1] },
      { video: 'ü.mp4', path: '/videos/ü.mp4', byteLength: 0, checks: [] },
    ];
    expect(await readIndexedVideos(folder.path('.'))).to.equal(undefined);
    await writeIndexedVideos(folder.path('.'), videos);
    expect(await readIndexedVideos(folder.path('.'))).to.deep.equal(videos);
  });

  it('is refused where it is damaged, with its name and its line', async () => {
    for (const line of ['{"video":"a"}', '{"video":"a","path":"b","byteLength":1,"checks":[-1]}', '7']) {
      await mkdir(folder.path('damaged'), { recursive: true });
      await writeFile(folder.path('damaged/videos.jsonl'), `${line}\n`);
      const error = await rejectionOf(readIndexedVideos(folder.path('damaged')));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error)
        .to.have.property('message')
        .that.matches(/^Line 1 of .*videos\.jsonl is no video; remove/);
    }
    await mkdir(folder.path('blocked/videos.jsonl'), { recursive: true });
    expect(await rejectionOf(readIndexedVideos(folder.path('blocked')))).to.be.instanceOf(LacunaError);
  });

  it('knows clips by the checksum of ISO 3309', () => {
    expect(checkOf(Buffer.from('123456789'))).to.equal(0xcbf43926);
  });
});
