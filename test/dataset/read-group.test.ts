import { expect } from 'chai';
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { readFileSizes } from '../../lib/dataset/file-sizes.js';
import { type GroupResult, groupVideos, readGroup } from '../../lib/dataset/read-group.js';
import { type ReadOptions, readVideo } from '../../lib/dataset/read-video.js';
import type { FoundVideo } from '../../lib/dataset/scan.js';
import { cutFile, makeProgram, makeVideo, rejectionOf, temporaryFolder, withFfmpeg } from '../video/made-videos.js';

describe('readGroup', () => {
  const folder = temporaryFolder();
  const options: ReadOptions = { size: 16, fps: 12, fit: 'cover', frames: 4, stride: 1, hop: 4 };
  const found = (names: readonly string[]): FoundVideo[] => names.map((video) => ({ video, path: folder.path(video) }));
  const labelsOf = (video: string) => ({ lines: [], group: `of ${video}` });
  const readAll = async (names: readonly string[], cores = 1, signal?: AbortSignal): Promise<GroupResult[]> => {
    const results: GroupResult[] = [];
    for await (const result of readGroup(found(names), labelsOf, { ...options, cores }, signal)) results.push(result);
    return results;
  };
  const readAlone = async (names: readonly string[]): Promise<GroupResult[]> => {
    const results: GroupResult[] = [];
    for (const { video, path } of found(names)) {
      for await (const result of readVideo(path, options, undefined)) {
        results.push({ video, ...('clip' in result ? { ...result, labels: { group: `of ${video}` } } : result) });
      }
      results.push({ video, isDone: true });
    }
    return results;
  };

  before(async () => {
    await makeVideo(folder.path('a.mp4'), { frames: 18 });
    await makeVideo(folder.path('b.mp4'), { frames: 9, fps: 24, width: 48 });
    await makeVideo(folder.path('short.gif'), { frames: 2 });
    await cutFile(await copy('a.mp4', 'cut.mp4'), 0.6);
    await writeFile(folder.path('text.mp4'), 'not a video\n'.repeat(50));
  });
  const copy = async (from: string, to: string): Promise<string> => {
    await copyFile(folder.path(from), folder.path(to));
    return folder.path(to);
  };

  it('gives what each video gives alone, by one run of ffmpeg', async () => {
    const names = ['a.mp4', 'short.gif', 'b.mp4'];
    const alone = await readAlone(names);
    expect(alone.filter((result) => 'clip' in result)).to.have.length(5);
    const count = folder.path('count');
    const counting = await makeProgram(folder.path('counting'), `echo run >> '${count}'; exec ffmpeg "$@"`);
    expect(await withFfmpeg(counting, () => readAll(names))).to.deep.equal(alone);
    expect(await readFile(count, 'utf8')).to.equal('run\n');
  });

  it('gives the same where some of them are damaged', async () => {
    const names = ['a.mp4', 'cut.mp4', 'b.mp4', 'text.mp4', 'absent.mp4', 'short.gif'];
    const results = await readAll(names);
    expect(results).to.deep.equal(await readAlone(names));
    expect(results.flatMap((result) => ('failure' in result ? [result.failure.reason] : []))).to.have.length(4);
  });

  it('gives the same by several cores, and says so where it begins again', async () => {
    expect(await readAll(['a.mp4'], 4)).to.deep.equal(await readAlone(['a.mp4']));
    const results = await readAll(['cut.mp4'], 4);
    const again = results.findIndex((result) => 'again' in result);
    expect(again).to.be.at.least(0);
    expect(results.slice(again + 1)).to.deep.equal(await readAlone(['cut.mp4']));
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const hanging = await makeProgram(folder.path('hanging'), 'sleep 60');
    const reading = withFfmpeg(hanging, () => readAll(['a.mp4', 'b.mp4'], 1, stop.signal));
    setImmediate(() => stop.abort(new Error('enough')));
    expect(await rejectionOf(reading)).to.have.property('message', 'enough');
  });

  it('puts small files together in their order, and leaves large ones and what is no file alone', async () => {
    const small = Array.from({ length: 20 }, (_, index) => `small-${index}.mp4`);
    for (const name of small) await writeFile(folder.path(name), 'x');
    await writeFile(folder.path('large.mp4'), '');
    await truncate(folder.path('large.mp4'), 2 ** 20 + 1);
    await writeFile(folder.path('empty.mp4'), '');
    for (const name of ['m1', 'm2', 'm3', 'm4', 'm5']) {
      await writeFile(folder.path(name), '');
      await truncate(folder.path(name), 2 ** 20);
    }
    const names = [...small, 'large.mp4', 'a.mp4', 'empty.mp4', 'm1', 'm2', 'm3', 'm4', 'm5', 'absent.mp4', 'b.mp4'];
    const groups = groupVideos(found(names), await readFileSizes(found(names)), 1);
    expect(groups.flat().map(({ video }) => video)).to.deep.equal(names);
    expect(groups.map((group) => group.length)).to.deep.equal([8, 8, 4, 1, 1, 1, 4, 1, 1, 1]);
  });
});
