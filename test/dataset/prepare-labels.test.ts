import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import type { PrepareOptions } from '../../lib/dataset/prepare-options.js';
import { splitByVideo } from '../../lib/dataset/split.js';
import { makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { folderContents } from './folder-contents.js';

describe('prepare with labels and groups', () => {
  const folder = temporaryFolder();
  const asked = (out: string, options: Partial<PrepareOptions> = {}): PrepareOptions => ({
    inputs: [folder.path('videos')],
    out: folder.path(out),
    size: 8,
    fps: 12,
    frames: 4,
    jobs: 2,
    ...options,
  });
  const write = async (name: string, ...lines: readonly string[]) => {
    await writeFile(folder.path(name), `${lines.join('\n')}\n`);
    return folder.path(name);
  };
  const clipsOf = async (out: string) => {
    const dataset = await openDataset(folder.path(out));
    await dataset.close();
    return dataset;
  };

  before(async () => {
    await mkdir(folder.path('videos/cat'), { recursive: true });
    await mkdir(folder.path('videos/dog'));
    await makeVideo(folder.path('videos/cat/s1-a.mp4'), { frames: 12 });
    await makeVideo(folder.path('videos/cat/s2-b.mp4'), { frames: 8 });
    await makeVideo(folder.path('videos/dog/s1-c.mp4'), { frames: 24, fps: 24 });
    await makeVideo(folder.path('videos/s3-d.mp4'), { frames: 8 });
  });

  it('writes the same bytes as ever where neither was asked for', async () => {
    expect(await prepare(asked('plain'))).to.deep.include({ classes: [], unmatched: [] });
    const lines = (await readFile(folder.path('plain/clips.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines).to.have.length(10);
    expect(lines[1]).to.equal(
      '{"video":"cat/s1-a.mp4","startSeconds":0.3333333333333333,"shard":"shards/00000.npy","row":1}',
    );
    lines.forEach((line) => expect(Object.keys(JSON.parse(line) as object)).to.have.length(4));
    expect(await readFile(folder.path('plain/dataset.json'), 'utf8')).not.to.match(/labels|groups/);
  });

  it('takes labels from folders and groups from names', async () => {
    const result = await prepare(asked('folder', { labels: 'folder', groups: '(s\\d)-' }));
    expect(result.classes).to.deep.equal([
      { label: 'cat', clips: 5, videos: 2, groups: 2 },
      { label: 'dog', clips: 3, videos: 1, groups: 1 },
    ]);
    const { clips } = await clipsOf('folder');
    expect(clips.find(({ video }) => video === 's3-d.mp4'))
      .to.include({ group: 's3' })
      .and.not.have.property('label');
    expect(clips.find(({ video }) => video === 'dog/s1-c.mp4')).to.include({ group: 's1', label: 'dog' });
    const { options } = JSON.parse(await readFile(folder.path('folder/dataset.json'), 'utf8')) as { options: object };
    expect(options).to.include({ labels: 'folder', groups: 'pattern:(s\\d)-' });
    // The pixels are those of the dataset without labels.
    const shards = async (out: string) => Object.entries(await folderContents(folder.path(out))).filter(isShard);
    expect(await shards('folder')).to.deep.equal(await shards('plain'));
    const dataset = await clipsOf('folder');
    for (let seed = 0; seed < 10; seed++) {
      const { train, validation } = splitByVideo(dataset, { validation: 0.3, seed });
      const scenes = (rows: Int32Array) => new Set(Array.from(rows, (row) => dataset.clips[row]?.group));
      expect([...scenes(train)].filter((scene) => scenes(validation).has(scene))).to.deep.equal([]);
    }
  });

  it('takes labels, groups and splits from a file, by frames of the source, and lists what means no video', async () => {
    const labels = await write(
      'labels.csv',
      'file,label,start_frame,num_frames,group,split',
      'cat/s1-a.mp4,sits,0,4,one,train',
      'cat/s1-a.mp4,runs,4,7,one,train',
      'videos/dog/s1-c.mp4,sits,8,9,one,test',
      's3-d.mp4,,,,,val',
      'absent.mp4,sits,,,,',
    );
    const result = await prepare(asked('file', { labels }));
    expect(result.unmatched).to.deep.equal([{ source: labels, line: 6, file: 'absent.mp4' }]);
    expect(result.classes).to.deep.equal([
      { label: 'runs', clips: 1, videos: 1, groups: 1 },
      { label: 'sits', clips: 2, videos: 2, groups: 1 },
    ]);
    const dataset = await clipsOf('file');
    const said = dataset.clips.map(({ video, startSeconds, label, group, split }) =>
      [video, Math.round(startSeconds * 12), label, group, split].join(' '),
    );
    expect(said).to.deep.equal([
      ...['cat/s1-a.mp4 0 sits one train', 'cat/s1-a.mp4 4 runs one train', 'cat/s1-a.mp4 8  one '],
      ...['cat/s2-b.mp4 0   ', 'cat/s2-b.mp4 4   '],
      ...['dog/s1-c.mp4 0  one ', 'dog/s1-c.mp4 4 sits one test', 'dog/s1-c.mp4 8  one '],
      ...['s3-d.mp4 0   validation', 's3-d.mp4 4   validation'],
    ]);
    // What is beside a test clip in its group and has no split of its own is in neither.
    const { train, validation } = splitByVideo(dataset, { validation: 0.1, seed: 0 });
    expect([[...train], [...validation]]).to.deep.equal([
      [0, 1, 3, 4],
      [8, 9],
    ]);
  });

  it('does not depend on the number of jobs, nor on where it was stopped', async () => {
    const labels = folder.path('labels.csv');
    const whole = await folderContents(folder.path('file'));
    await prepare(asked('jobs', { labels, jobs: 1 }));
    expect(await folderContents(folder.path('jobs'))).to.deep.equal(whole);
    const stop = new AbortController();
    const stopped = prepare(asked('stopped', { labels }), {
      signal: stop.signal,
      onProgress: ({ done }) => done === 2 && stop.abort(new Error('stop')),
    });
    expect(await rejectionOf(stopped)).to.have.property('message', 'stop');
    expect(await prepare(asked('stopped', { labels }))).to.include({ skipped: 2 });
    expect(await folderContents(folder.path('stopped'))).to.deep.equal(whole);
  });

  it('knows the lines of videos that a dataset holds already', async () => {
    const labels = await write('two.csv', 'file,label', 's1-a.mp4,cat', 's2-b.mp4,cat', 's9.mp4,cat');
    const one = { inputs: [folder.path('videos/cat/s1-a.mp4')], labels };
    expect((await prepare(asked('two', one))).unmatched.map(({ line }) => line)).to.deep.equal([3, 4]);
    const other = { inputs: [folder.path('videos/cat/s2-b.mp4')], labels };
    const result = await prepare(asked('two', other));
    expect(result.unmatched.map(({ line }) => line)).to.deep.equal([4]);
    expect(result.classes).to.deep.equal([{ label: 'cat', clips: 5, videos: 2, groups: 2 }]);
  });

  it('refuses to go on with other labels or groups, and says which', async () => {
    const labels = folder.path('labels.csv');
    const changed = await write('changed.csv', 'file,label', 's3-d.mp4,cat');
    const refused: [string, Partial<PrepareOptions>, RegExp][] = [
      ['plain', { labels: 'folder' }, /labels is not given there and folder here/],
      ['folder', { labels: 'folder' }, /groups is pattern:\(s\\d\)- there and not given here/],
      ['file', {}, /labels is sha256:[0-9a-f]{8}… there and not given here/],
      ['file', { labels: changed }, /labels is sha256:[0-9a-f]{8}… there and sha256:[0-9a-f]{8}… here/],
    ];
    for (const [out, options, message] of refused) {
      const error = await rejectionOf(prepare(asked(out, options)));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error).to.have.property('message').that.matches(message);
    }
    expect(await prepare(asked('file', { labels }))).to.include({ skipped: 4 });
  });

  it('refuses a wrong file before anything is made', async () => {
    const labels = await write('wrong.csv', 'file,label', 's3-d.mp4,cat', 's3-d.mp4,dog');
    const error = await rejectionOf(prepare(asked('never', { labels })));
    expect(error)
      .to.have.property('message')
      .that.matches(/Lines 2 and 3 of .*wrong\.csv contradict each other/);
    expect(await readdir(folder.path('.'))).not.to.include('never');
  });

  it('matches a file of a whole corpus on each machine that has a part of it', async () => {
    const labels = await write(
      'corpus.csv',
      'file,label',
      ...['cat/s1-a', 'cat/s2-b', 'dog/s1-c', 's3-d'].map((name) => `${name}.mp4,x`),
    );
    const counts: number[] = [];
    for (const index of [0, 1]) {
      const result = await prepare(asked(`part-${index}`, { labels, part: { index, count: 2 } }));
      expect(result.unmatched).to.deep.equal([]);
      counts.push(result.classes[0]?.clips ?? 0);
      expect(counts[index]).to.be.above(0);
    }
    expect((counts[0] ?? 0) + (counts[1] ?? 0)).to.equal(10);
  });
});

function isShard([name]: readonly [string, string]): boolean {
  return name.startsWith('shards/');
}
