import { expect } from 'chai';
import { appendFile, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { indexVideos } from '../../lib/dataset/index-videos.js';
import { inspectDataset } from '../../lib/dataset/inspect-dataset.js';
import { mergeDatasets } from '../../lib/dataset/merge.js';
import { prepare } from '../../lib/dataset/prepare.js';
import { type PrepareOptions, resolvePrepareOptions } from '../../lib/dataset/prepare-options.js';
import { cutFile, makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('indexVideos', () => {
  const folder = temporaryFolder();
  const asked = (out: string, changes: Partial<PrepareOptions> = {}): PrepareOptions => ({
    ...{ inputs: [folder.path('videos')], out: folder.path(out), size: 16, fps: 12, frames: 4, hop: 3, jobs: 2 },
    ...{ shardClips: 5, ...changes },
  });
  const index = (out: string, changes: Partial<PrepareOptions> = {}, except = 'none') =>
    indexVideos(resolvePrepareOptions(asked(out, changes)), folder.path(except));

  before(async () => {
    await mkdir(folder.path('videos/sub'), { recursive: true });
    await makeVideo(folder.path('videos/a.mp4'), { frames: 18 });
    await makeVideo(folder.path('videos/sub/b.mp4'), { frames: 30, fps: 25 });
    const noise = (frame: number, y: number, x: number) => (frame * 37 + y * x) % 256;
    await makeVideo(folder.path('videos/cut.mp4'), { frames: 40, width: 64, height: 64, value: noise });
    await cutFile(folder.path('videos/cut.mp4'), 0.5);
    await writeFile(folder.path('videos/text.mp4'), 'not a video\n'.repeat(50));
    await copyFile(folder.path('videos/a.mp4'), folder.path('videos/z.mp4'));
    await prepare(asked('prepared'));
  });

  it('writes the same bytes as prepare, without a shard, and gives the same failures', async () => {
    const reports: Progress[] = [];
    const failures = await indexVideos(resolvePrepareOptions(asked('index')), folder.path('none'), {
      onProgress: (report) => reports.push(report),
    });
    for (const name of ['dataset.json', 'clips.jsonl', 'failures.jsonl']) {
      const [made, prepared] = await Promise.all(
        ['index', 'prepared'].map((of) => readFile(folder.path(`${of}/${name}`), 'utf8')),
      );
      expect(made, name).to.equal(prepared);
      expect(made, name).not.to.equal('');
    }
    expect((await readdir(folder.path('index'))).sort()).to.deep.equal([
      ...['clips.jsonl', 'dataset.json', 'failures.jsonl', 'videos.jsonl'],
    ]);
    expect(failures.map(({ video }) => video)).to.include('text.mp4');
    expect(failures).to.deep.equal((await prepare(asked('prepared'))).failures);
    expect(reports.map(({ done, total }) => [done, total])).to.deep.equal([1, 2, 3, 4, 5].map((done) => [done, 5]));
  });

  it('is counted as sound without shards, and is nothing that merge could copy', async () => {
    await index('sound');
    const { clips, shards, damage, bytes } = await inspectDataset(folder.path('sound'));
    expect({ shards, damage }).to.deep.equal({ shards: 0, damage: [] });
    expect(clips).to.equal((await inspectDataset(folder.path('prepared'))).clips);
    const sizes = await Promise.all(
      (await readdir(folder.path('sound'))).map(async (name) => (await readFile(folder.path(`sound/${name}`))).length),
    );
    expect(bytes).to.equal(sizes.reduce((sum, size) => sum + size, 0));
    const datasets = [folder.path('prepared'), folder.path('sound')];
    expect(await rejectionOf(mergeDatasets({ datasets, out: folder.path('joined') })))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/sound is an index of videos and holds no clips/);
  });

  it('is left as it is for the same files and options, and made again for others', async () => {
    const failures = await index('kept');
    const list = await readFile(folder.path('kept/videos.jsonl'), 'utf8');
    const marked = list.replace(/"checks":\[\d+/, '"checks":[7');
    const isMarked = async () => (await readFile(folder.path('kept/videos.jsonl'), 'utf8')) === marked;
    const mark = () => writeFile(folder.path('kept/videos.jsonl'), marked);
    await mark();
    expect(await index('kept')).to.deep.equal(failures);
    expect(await isMarked()).to.equal(true);
    await index('kept', { hop: 4 });
    expect(await isMarked()).to.equal(false);
    await index('kept');
    expect(await readFile(folder.path('kept/videos.jsonl'), 'utf8')).to.equal(list);
    await mark();
    await appendFile(folder.path('videos/text.mp4'), 'more');
    await index('kept');
    expect(await isMarked()).to.equal(false);
    await copyFile(folder.path('videos/a.mp4'), folder.path('videos/zz.mp4'));
    await index('kept');
    expect(await readFile(folder.path('kept/clips.jsonl'), 'utf8')).to.include('zz.mp4');
    await rm(folder.path('videos/zz.mp4'));
  });

  it('leaves out a folder, and refuses what has no clip', async () => {
    await index('part', {}, 'videos/sub');
    expect(await readFile(folder.path('part/clips.jsonl'), 'utf8')).not.to.include('sub/b.mp4');
    const refusals = [
      [{ inputs: [folder.path('videos/text.mp4')] }, /^There is no clip in .*text\.mp4: text\.mp4 is .*; name other/],
      [{ inputs: [folder.path('prepared')] }, /no video was found/],
      [{ inputs: [folder.path('absent')] }, /absent does not exist/],
    ] as const;
    for (const [changes, sentence] of refusals) {
      const error = await rejectionOf(index('refused', changes));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.matches(sentence);
    }
    expect(await readdir(folder.path('.'))).not.to.include('refused');
  });

  it('ends by its signal and leaves nothing', async () => {
    const stop = new AbortController();
    const reason = new Error('SIGINT');
    const ended = indexVideos(resolvePrepareOptions(asked('ended')), folder.path('none'), {
      signal: stop.signal,
      onProgress: () => stop.abort(reason),
    });
    expect(await rejectionOf(ended)).to.equal(reason);
    expect(await readdir(folder.path('.'))).not.to.include('ended');
  });
});
