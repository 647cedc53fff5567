import { expect } from 'chai';
import { cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { mergeDatasets } from '../../lib/dataset/merge.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import type { PrepareOptions } from '../../lib/dataset/prepare-options.js';
import { cutFile, makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { folderContents } from './folder-contents.js';

describe('mergeDatasets', () => {
  const folder = temporaryFolder();
  const count = 4;
  const parts = Array.from({ length: count }, (_, index) => `part-${index}`);
  const asked = (out: string, options: Partial<PrepareOptions> = {}): PrepareOptions => ({
    inputs: [folder.path('videos')],
    out: folder.path(out),
    ...{ size: 16, fps: 12, frames: 4, jobs: 2, shardClips: 5 },
    ...options,
  });
  const merge = (datasets: readonly string[], out: string, overwrite = false) =>
    mergeDatasets({ datasets: datasets.map(folder.path), out: folder.path(out), overwrite });
  const contents = (name: string) => folderContents(folder.path(name));

  before(async () => {
    const names = ['a', 'sub/a', 'sub.b', 'sub/deep/x', 'sub-1/y', 'z', 'm', 'n', 'ä'];
    for (const [index, name] of names.entries()) {
      const file = folder.path(`videos/${name}.mp4`);
      await mkdir(file.slice(0, file.lastIndexOf('/')), { recursive: true });
      await makeVideo(file, { frames: 10 + 7 * index, value: (frame) => 20 * index + frame });
    }
    const noise = (frame: number, y: number, x: number) => (frame * 37 + y * x) % 256;
    await makeVideo(folder.path('videos/cut.mp4'), { frames: 40, width: 64, height: 64, value: noise });
    await cutFile(folder.path('videos/cut.mp4'), 0.5);
    for (const name of ['k', 'o', 'sub/t']) await writeFile(folder.path(`videos/${name}.mp4`), 'no video\n');
    await prepare(asked('whole'));
    for (const [index, part] of parts.entries()) await prepare(asked(part, { part: { index, count } }));
  });

  it('gives the bytes of a prepare without parts, in whatever order the parts are named', async () => {
    const whole = await contents('whole');
    const before = await Promise.all(parts.map(contents));
    const result = await merge(parts, 'merged');
    expect(await contents('merged')).to.deep.equal(whole);
    await merge(
      [2, 0, 3, 1].map((index) => `part-${index}`),
      'turned',
    );
    expect(await contents('turned')).to.deep.equal(whole);
    expect(await Promise.all(parts.map(contents))).to.deep.equal(before);

    const dataset = await openDataset(folder.path('merged'));
    expect(result).to.include({ out: folder.path('merged'), clips: dataset.clips.length, videos: 10, skipped: 0 });
    expect(result.failures.map(({ video, reason }) => `${video} ${reason}`)).to.deep.equal([
      ...['cut.mp4 truncated', 'k.mp4 not-a-video', 'o.mp4 not-a-video', 'sub/t.mp4 not-a-video'],
    ]);
    await dataset.close();
  });

  it('takes a dataset that grew in several calls', async () => {
    await prepare(asked('grown', { inputs: [folder.path('videos/z.mp4')] }));
    await prepare(asked('grown', { inputs: [folder.path('videos/a.mp4'), folder.path('videos/o.mp4')] }));
    await prepare(asked('both', { inputs: ['a', 'm', 'o', 'z'].map((name) => folder.path(`videos/${name}.mp4`)) }));
    await prepare(asked('one', { inputs: [folder.path('videos/m.mp4')] }));
    await merge(['grown', 'one'], 'merged-grown');
    expect(await contents('merged-grown')).to.deep.equal(await contents('both'));
  });

  it('does nothing where all is done, goes on where it was ended, and refuses what is something else', async () => {
    const whole = await contents('whole');
    expect(await merge(parts, 'merged')).to.include({ skipped: 13 });
    expect(await contents('merged')).to.deep.equal(whole);

    for (const last of [1, 4, 12]) {
      const stop = new AbortController();
      const reason = new Error('SIGTERM');
      const out = folder.path(`stopped-${last}`);
      const datasets = parts.map(folder.path);
      const stopped = mergeDatasets(
        { datasets, out },
        { signal: stop.signal, onProgress: ({ done }) => done === last && stop.abort(reason) },
      );
      expect(await rejectionOf(stopped)).to.equal(reason);
      expect(await rejectionOf(openDataset(out)))
        .to.have.property('message')
        .that.includes('unfinished');
      // The videos of a part alone are not how all begin.
      const other = await rejectionOf(merge(['one'], `stopped-${last}`));
      expect(other).to.be.instanceOf(LacunaError).with.property('message').that.includes('other videos');
      expect(await mergeDatasets({ datasets, out })).to.include({ skipped: last });
      expect(await contents(`stopped-${last}`)).to.deep.equal(whole);
    }
    const less = await rejectionOf(merge(parts.slice(1), 'merged'));
    expect(less).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    await merge(['one'], 'merged', true);
    expect(await contents('merged')).to.deep.equal(await contents('one'));
  });

  it('keeps what else a line of a clip says', async () => {
    await cp(folder.path('one'), folder.path('labelled'), { recursive: true });
    const lines = (await readFile(folder.path('labelled/clips.jsonl'), 'utf8')).replaceAll(
      '"row"',
      '"label":"x","row"',
    );
    await writeFile(folder.path('labelled/clips.jsonl'), lines);
    const dataset = await openDataset(folder.path('labelled'));
    await dataset.close();
    const known = 'label' in (dataset.clips[0] ?? {});
    await merge(['labelled'], 'labelled-merged');
    const merged = await readFile(folder.path('labelled-merged/clips.jsonl'), 'utf8');
    expect(merged.includes('"label":"x"')).to.equal(known);
  });

  it('names what cannot be merged', async () => {
    await prepare(asked('larger', { inputs: [folder.path('videos/m.mp4')], size: 32, hop: 2 }));
    await prepare(asked('begun', { inputs: [folder.path('videos/m.mp4')] }));
    await writeFile(folder.path('begun/unfinished.json'), '{"clips":0,"clipsBytes":0,"failuresBytes":0}\n');
    await mkdir(folder.path('thesis'));
    await writeFile(folder.path('thesis/chapter.txt'), 'mine');
    await cp(folder.path('one'), folder.path('short'), { recursive: true });
    await truncate(folder.path('short/shards/00000.npy'), 2000);
    await cp(folder.path('one'), folder.path('listless'), { recursive: true });
    await rm(folder.path('listless/clips.jsonl'));
    const wrong: [readonly string[], string, string, RegExp][] = [
      [
        ['part-0', 'larger'],
        'new',
        'usage',
        /larger was made with other options than .*part-0 \(size is 32 there and 16 here, hop/,
      ],
      [['one', 'begun'], 'new', 'input', /begun is unfinished/],
      [['one', 'thesis'], 'new', 'input', /thesis is not a dataset folder/],
      [['one'], 'thesis', 'usage', /thesis holds other files/],
      [['both', 'one'], 'new', 'input', /m\.mp4 is in .*both and in .*one; leave one of them out/],
      [['one', 'one'], 'new', 'input', /m\.mp4 is in .*one and in .*one;/],
      [['one', 'part-0'], 'one', 'usage', /one is merged and cannot be where the result goes/],
      [['short'], 'new-short', 'input', /shards\/00000\.npy is cut short; make .*short again/],
      [['listless'], 'new', 'input', /clips\.jsonl cannot be read/],
    ];
    for (const [datasets, out, kind, sentence] of wrong) {
      const error = await rejectionOf(merge(datasets, out));
      expect(error, String(sentence)).to.be.instanceOf(LacunaError).with.property('kind', kind);
      expect(error).to.have.property('message').that.matches(sentence);
    }
    expect(await rejectionOf(merge([], 'new'))).to.have.property('kind', 'usage');
    // A damaged one leaves what can be gone on with once it is mended.
    await cp(folder.path('one/shards'), folder.path('short/shards'), { recursive: true });
    await merge(['short'], 'new-short');
    expect(await contents('new-short')).to.deep.equal(await contents('one'));
  });
});
