import { expect } from 'chai';
import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import { chooseEvenly, clipsOfSeconds, estimateSize, scaleUp, shardBytesOf } from '../../lib/dataset/estimate-size.js';
import { readFileSizes } from '../../lib/dataset/file-sizes.js';
import type { FoundVideo } from '../../lib/dataset/scan.js';
import { makeVideo, temporaryFolder } from '../video/made-videos.js';
import { madeClipBytes, madeOptions } from './made-dataset.js';

describe('clipsOfSeconds', () => {
  it('counts whole clips', () => {
    const counts = [0, 0.25, 0.3, 0.66, 0.67, 100].map((seconds) => clipsOfSeconds(seconds, madeOptions));
    expect(counts).to.deep.equal([0, 0, 1, 2, 2, 300]);
    expect(clipsOfSeconds(1, { ...madeOptions, stride: 3, hop: 1 })).to.equal(3);
  });
});

describe('clipsOfSeconds with a start and an end', () => {
  it('counts clips of the part that is read', () => {
    const clipsOf = (part: { startSeconds?: number; endSeconds?: number }) =>
      [0.5, 2, 100].map((seconds) => clipsOfSeconds(seconds, { ...madeOptions, ...part }));
    expect(clipsOf({ startSeconds: 1 })).to.deep.equal([0, 3, 297]);
    expect(clipsOf({ endSeconds: 1 })).to.deep.equal([1, 3, 3]);
    expect(clipsOf({ startSeconds: 1, endSeconds: 3 })).to.deep.equal([0, 3, 6]);
  });
});

describe('shardBytesOf', () => {
  it('counts clips and the headers of their shards', () => {
    expect(shardBytesOf(7, madeOptions)).to.equal(7 * madeClipBytes + 3 * 128);
    expect(shardBytesOf(0, madeOptions)).to.equal(0);
  });
});

describe('scaleUp', () => {
  it('is the sum where all were counted', () => {
    expect(scaleUp([3, 0, 5], 3)).to.deep.equal({ total: 8, least: 8 });
    expect(scaleUp([], 0)).to.deep.equal({ total: 0, least: 0 });
  });

  it('is sure of the number where all that were counted are alike, and less sure where they are not', () => {
    expect(scaleUp([5, 5, 5, 5], 400)).to.deep.equal({ total: 2000, least: 2000 });
    const { total, least } = scaleUp([0, 10, 0, 10], 400);
    expect(total).to.equal(2000);
    expect(least).to.be.within(20, 1000);
  });

  it('never falls below what was counted', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 16 }), fc.nat(10_000), (counts, more) => {
        const { total, least } = scaleUp(counts, counts.length + more);
        expect(least).to.be.within(
          counts.reduce((sum, count) => sum + count, 0),
          Math.max(total, least),
        );
        expect(least).to.be.at.most(total);
      }),
    );
  });
});

describe('chooseEvenly', () => {
  it('takes all of a short list, and as many from all over a long one', () => {
    expect(chooseEvenly(['a', 'b', 'c'], 5)).to.deep.equal(['a', 'b', 'c']);
    expect(
      chooseEvenly(
        Array.from({ length: 100 }, (_, index) => index),
        4,
      ),
    ).to.deep.equal([12, 37, 62, 87]);
    expect(chooseEvenly([], 4)).to.deep.equal([]);
  });
});

describe('estimateSize', () => {
  const folder = temporaryFolder();
  const work = { clips: madeOptions, jobs: 2, maxSeconds: undefined };
  const estimate = async (videos: readonly FoundVideo[], freeBytes: number) =>
    estimateSize(videos, await readFileSizes(videos), work, freeBytes, undefined);

  it('reads the headers of a few videos, and only where there may be too little room', async () => {
    await makeVideo(folder.path('a.mp4'), { frames: 24 });
    await writeFile(folder.path('b.mp4'), 'not a video');
    const videos = Array.from({ length: 40 }, (_, index) => ({ path: folder.path('a.mp4'), video: `${index}` }));
    expect(await estimate(videos, 1000)).to.deep.equal({
      bytes: shardBytesOf(240, madeOptions),
      leastBytes: shardBytesOf(240, madeOptions),
      basis: 'by the headers of 16 of 40 videos',
    });
    const bad = { path: folder.path('b.mp4'), video: 'b' };
    expect((await estimate([bad, ...videos.slice(0, 1)], 1000)).bytes).to.equal(shardBytesOf(6, madeOptions));
    // Where the sizes of the files tell that there is room, none of them is opened.
    expect(await estimate(videos, 10 ** 9)).to.include({ basis: 'by the sizes of the files' });
    // A file that is not there cannot have been read.
    const gone = [{ path: folder.path('gone.mp4'), video: 'gone' }];
    expect(await estimate(gone, 10 ** 12)).to.include({ leastBytes: 0, basis: 'without a look' });
  });
});
