import { expect } from 'chai';
import { cp, readFile } from 'node:fs/promises';
import { readDatasetState } from '../../lib/dataset/dataset-state.js';
import { type DatasetWriter, openDatasetWriter } from '../../lib/dataset/dataset-writer.js';
import { temporaryFolder } from '../video/made-videos.js';
import { folderContents } from './folder-contents.js';
import { madeClipBytes, makeDataset, madeOptions } from './made-dataset.js';

/** As `makeDataset` does, so that the two can be compared. */
async function addVideo(writer: DatasetWriter, index: number, firstRow: number, clips: number): Promise<void> {
  const video = `video-${index}.mp4`;
  for (let clip = 0; clip < clips; clip++) {
    const startSeconds = (clip * madeOptions.hop) / madeOptions.fps;
    await writer.addClip({ video, startSeconds }, new Uint8Array(madeClipBytes).fill(firstRow + clip));
  }
  if (clips === 0) writer.addFailure({ video, reason: 'too-short', detail: 'no frames' });
}

describe('openDatasetWriter', () => {
  const folder = temporaryFolder();
  const clipsOfVideos = [2, 0, 3, 1, 5, 0, 1];
  const openMade = async (path: string) => openDatasetWriter(path, madeOptions, ['7.0'], await readDatasetState(path));

  it('lists each clip with its place', async () => {
    await makeDataset(folder.path('whole'), clipsOfVideos);
    const lines = (await readFile(folder.path('whole/clips.jsonl'), 'utf8')).trim().split('\n');
    expect(lines).to.have.length(12);
    expect(lines.slice(1, 4).map((line) => JSON.parse(line) as unknown)).to.deep.equal([
      { video: 'video-0.mp4', startSeconds: 4 / 12, shard: 'shards/00000.npy', row: 1 },
      { video: 'video-2.mp4', startSeconds: 0, shard: 'shards/00000.npy', row: 2 },
      { video: 'video-2.mp4', startSeconds: 4 / 12, shard: 'shards/00001.npy', row: 0 },
    ]);
    expect(Object.keys(await folderContents(folder.path('whole')))).to.deep.equal([
      ...['clips.jsonl', 'dataset.json', 'failures.jsonl'],
      ...['shards/00000.npy', 'shards/00001.npy', 'shards/00002.npy', 'shards/00003.npy'],
    ]);
  });

  it('ends in the same bytes wherever it was closed or cut off in between', async () => {
    const whole = await folderContents(folder.path('whole'));
    for (let stop = 0; stop < clipsOfVideos.length; stop++) {
      for (const end of ['closed', 'cut off'] as const) {
        const path = folder.path(`${end}-${stop}`);
        await makeDataset(path, []);
        const first = await openMade(path);
        let row = 0;
        for (const [index, clips] of clipsOfVideos.entries()) {
          await addVideo(first, index, row, clips);
          // The video in hand is begun, and not done.
          if (index === stop) break;
          await first.endVideo();
          row += clips;
        }
        const left = `${path}-left`;
        // What a killed process leaves: the files as they are, nothing closed.
        if (end === 'cut off') await cp(path, left, { recursive: true });
        await first.close();
        if (end === 'closed') await cp(path, left, { recursive: true });

        const state = await readDatasetState(left);
        expect(state.isFinished).to.equal(false);
        expect(state.videos.size).to.equal(end === 'closed' ? stop : 0);
        const second = await openMade(left);
        row = 0;
        for (const [index, clips] of clipsOfVideos.entries()) {
          if (!state.videos.has(`video-${index}.mp4`)) {
            await addVideo(second, index, row, clips);
            await second.endVideo();
          }
          row += clips;
        }
        await second.finish();
        expect(await folderContents(left), `${end} in video ${stop}`).to.deep.equal(whole);
      }
    }
  });

  it('forgets what was added of the video in hand', async () => {
    const path = folder.path('again');
    await makeDataset(path, []);
    const writer = await openMade(path);
    let row = 0;
    for (const [index, clips] of clipsOfVideos.entries()) {
      await addVideo(writer, index, 200, index % 3);
      await writer.takeBackVideo();
      await addVideo(writer, index, row, clips);
      await writer.endVideo();
      row += clips;
    }
    await writer.finish();
    expect(await folderContents(path)).to.deep.equal(await folderContents(folder.path('whole')));
  });

  it('keeps done videos now and then without being closed', async () => {
    const path = await makeDataset(folder.path('often'), []);
    const writer = await openMade(path);
    for (let index = 0; index < 20; index++) {
      await addVideo(writer, index, index, 1);
      await writer.endVideo();
    }
    expect((await readDatasetState(path)).videos.size).to.equal(16);
    await writer.finish();
    await writer.close();
    expect(await readDatasetState(path)).to.include({ videosWithClips: 20, isFinished: true });
  });
});
