import { expect } from 'chai';
import { appendFile, readFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { readVideoIndex } from '../../lib/dataset/video-index.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { makeDataset } from './made-dataset.js';

describe('readVideoIndex', () => {
  const folder = temporaryFolder();

  it('says where the clips of each video are listed', async () => {
    const path = await makeDataset(folder.path('data'), [2, 0, 3]);
    const list = await readFile(`${path}/clips.jsonl`);
    const index = await readVideoIndex(path);
    expect(index).to.include({ clips: 5, clipsBytes: list.length });
    expect([...index.videos.keys()]).to.deep.equal(['video-0.mp4', 'video-2.mp4', 'video-1.mp4']);
    for (const [video, { start, end, clips }] of index.videos) {
      const lines = list.toString('utf8', start, end).split('\n').slice(0, -1);
      expect(lines).to.have.length(clips);
      lines.forEach((line) => expect(JSON.parse(line)).to.have.property('video', video));
    }
    expect(index.videos.get('video-1.mp4')?.failures).to.deep.equal([
      { video: 'video-1.mp4', reason: 'too-short', detail: 'no frames' },
    ]);
    const { end = 0 } = index.videos.get('video-0.mp4') ?? {};
    expect(await readVideoIndex(path, { clipsBytes: end, failuresBytes: 0 })).to.include({
      ...{ clips: 2, clipsBytes: end, failuresBytes: 0 },
    });
  });

  it('refuses a video in two places', async () => {
    const path = await makeDataset(folder.path('twice'), [1, 1]);
    const [first = ''] = (await readFile(`${path}/clips.jsonl`, 'utf8')).split('\n');
    await appendFile(`${path}/clips.jsonl`, `${first}\n`);
    expect(await rejectionOf(readVideoIndex(path)))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.includes('lists video-0.mp4 in two places');
  });
});
