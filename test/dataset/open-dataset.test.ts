import { expect } from 'chai';
import { appendFile, cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { npyHeader } from '../../lib/formats/npy.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { madeClipBytes, makeDataset, madeOptions } from './made-dataset.js';

describe('openDataset', () => {
  const folder = temporaryFolder();

  before(async () => {
    await makeDataset(folder.path('made'), [4, 0, 3]);
  });

  it('says what is in it', async () => {
    const dataset = await openDataset(folder.path('made'));
    expect(dataset.shape).to.deep.equal({ frames: 4, height: 8, width: 8, channels: 3 });
    expect(dataset).to.include({ fps: 12, stride: 1, folder: folder.path('made') });
    expect(dataset.clips.map(({ video, row }) => `${video} ${row}`)).to.deep.equal([
      ...['video-0.mp4 0', 'video-0.mp4 1', 'video-0.mp4 2', 'video-0.mp4 0'],
      ...['video-2.mp4 1', 'video-2.mp4 2', 'video-2.mp4 0'],
    ]);
    await dataset.close();
  });

  it('reads clips in any order, more than once, several calls at a time', async () => {
    const dataset = await openDataset(folder.path('made'));
    const read = async (rows: number[]) => {
      const into = new Uint8Array(rows.length * madeClipBytes);
      await dataset.readClips(rows, into);
      return rows.map((_, place) => new Set(into.subarray(place * madeClipBytes, (place + 1) * madeClipBytes)));
    };
    const orders = [[6, 0, 3, 3], [1], [], [0, 1, 2, 3, 4, 5, 6]];
    const found = await Promise.all(orders.map(read));
    expect(found).to.deep.equal(orders.map((rows) => rows.map((row) => new Set([row]))));
    await dataset.close();
  });

  it('reads more shards than stay open', async () => {
    await makeDataset(folder.path('many'), [70], { ...madeOptions, shardClips: 1 });
    const dataset = await openDataset(folder.path('many'));
    const into = new Uint8Array(70 * madeClipBytes);
    await dataset.readClips(Int32Array.from(dataset.clips.keys()), into);
    expect(Array.from(dataset.clips.keys(), (row) => into[row * madeClipBytes])).to.deep.equal([...Array(70).keys()]);
    await dataset.close();
  });

  it('refuses rows that are not there and memory that does not fit', async () => {
    const dataset = await openDataset(folder.path('made'));
    for (const row of [7, -1, 0.5]) {
      expect(await rejectionOf(dataset.readClips([row], new Uint8Array(madeClipBytes)))).to.be.instanceOf(RangeError);
    }
    expect(await rejectionOf(dataset.readClips([0], new Uint8Array(5)))).to.be.instanceOf(RangeError);
    await dataset.close();
    expect(await rejectionOf(dataset.readClips([0], new Uint8Array(madeClipBytes)))).to.be.instanceOf(Error);
  });

  it('has a fingerprint of what is in it, not of where it lies', async () => {
    const fingerprintOf = async (name: string) => {
      const dataset = await openDataset(folder.path(name));
      await dataset.close();
      return dataset.fingerprint;
    };
    await makeDataset(folder.path('same'), [4, 0, 3]);
    await makeDataset(folder.path('other'), [4, 0, 2]);
    expect(await fingerprintOf('same'))
      .to.equal(await fingerprintOf('made'))
      .and.match(/^[0-9a-f]{64}$/);
    expect(await fingerprintOf('other')).not.to.equal(await fingerprintOf('made'));
  });

  it('names the file that is missing, short or of another kind', async () => {
    const damaged = async (name: string, damage: (path: (inside: string) => string) => Promise<void>) => {
      await cp(folder.path('made'), folder.path(name), { recursive: true });
      await damage((inside) => folder.path(`${name}/${inside}`));
      const error = await rejectionOf(openDataset(folder.path(name)));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      return (error as LacunaError).message;
    };
    expect(await damaged('d1', (path) => rm(path('dataset.json')))).to.include('d1 is not a dataset folder');
    expect(await damaged('d2', (path) => rm(path('clips.jsonl')))).to.include('clips.jsonl');
    expect(await damaged('d3', (path) => rm(path('shards/00001.npy')))).to.include('00001.npy cannot be read');
    expect(await damaged('d4', (path) => truncate(path('shards/00002.npy'), 200))).to.include('00002.npy holds fewer');
    expect(await damaged('d5', (path) => truncate(path('shards/00000.npy'), 20))).to.include('00000.npy');
    expect(await damaged('d6', (path) => writeFile(path('clips.jsonl'), ''))).to.include('holds no clips');
    expect(await damaged('d7', (path) => writeFile(path('unfinished.json'), '{}'))).to.include('unfinished');
    expect(await damaged('d8', (path) => appendFile(path('clips.jsonl'), '{"video":1}\n'))).to.include('Line 8');
    const other = new Uint8Array([...npyHeader('uint8', [3, 4, 8, 9, 3]), ...new Uint8Array(3000)]);
    expect(await damaged('d9', (path) => writeFile(path('shards/00000.npy'), other))).to.include('4 × 8 × 8 × 3');
    await mkdir(folder.path('empty'));
    expect(await rejectionOf(openDataset(folder.path('empty')))).to.be.instanceOf(LacunaError);
  });

  it('notices a shard that is cut while it is open', async () => {
    await cp(folder.path('made'), folder.path('cut'), { recursive: true });
    const dataset = await openDataset(folder.path('cut'));
    await truncate(folder.path('cut/shards/00000.npy'), 200);
    const error = await rejectionOf(dataset.readClips([1], new Uint8Array(madeClipBytes)));
    expect(error).to.be.instanceOf(LacunaError).with.property('message').that.includes('00000.npy is cut short');
    await dataset.close();
    expect((await readFile(folder.path('cut/shards/00000.npy'))).length).to.equal(200);
  });
});
