import { expect } from 'chai';
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openShardWriter, type ShardWriter } from '../../lib/dataset/shard-writer.js';
import { decodeNpy } from '../../lib/formats/npy.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { folderContents } from './folder-contents.js';

const shape = { frames: 2, height: 3, width: 4, channels: 3 };
const clip = (value: number) => new Uint8Array(72).fill(value);

describe('openShardWriter', () => {
  const folder = temporaryFolder();
  const openAfter = async (name: string, clips: number): Promise<ShardWriter> => {
    await mkdir(folder.path(name), { recursive: true });
    return openShardWriter(folder.path(name), shape, 3, clips);
  };
  const addAll = async (writer: ShardWriter, from: number, to: number) => {
    const places: string[] = [];
    for (let value = from; value < to; value++) {
      const { shard, row } = await writer.add(clip(value));
      places.push(`${shard} ${row}`);
    }
    return places;
  };
  const rowsOf = async (name: string, shard: number) => {
    const { shape: found, data } = decodeNpy(await readFile(folder.path(`${name}/shards/0000${shard}.npy`)));
    return { found, values: Array.from(data).filter((_, index) => index % 72 === 0) };
  };
  let whole: Record<string, string>;

  it('fills one shard after the other, each an array that NumPy reads', async () => {
    const writer = await openAfter('whole', 0);
    expect(await addAll(writer, 0, 7)).to.deep.equal([
      ...['shards/00000.npy 0', 'shards/00000.npy 1', 'shards/00000.npy 2', 'shards/00001.npy 0'],
      ...['shards/00001.npy 1', 'shards/00001.npy 2', 'shards/00002.npy 0'],
    ]);
    await writer.finish();
    expect(await rowsOf('whole', 0)).to.deep.equal({ found: [3, 2, 3, 4, 3], values: [0, 1, 2] });
    expect(await rowsOf('whole', 1)).to.deep.equal({ found: [3, 2, 3, 4, 3], values: [3, 4, 5] });
    expect(await rowsOf('whole', 2)).to.deep.equal({ found: [1, 2, 3, 4, 3], values: [6] });
    whole = await folderContents(folder.path('whole'));
  });

  it('takes back what was added last, over the bounds of shards too', async () => {
    for (const back of [1, 4, 5]) {
      const name = `back-${back}`;
      const writer = await openAfter(name, 0);
      await addAll(writer, 0, 7 - back);
      await addAll(writer, 100, 100 + back);
      await writer.takeBack(back);
      await addAll(writer, 7 - back, 7);
      await writer.finish();
      expect(await folderContents(folder.path(name))).to.deep.equal(whole);
    }
    const writer = await openAfter('fewer', 0);
    await addAll(writer, 0, 7);
    await writer.takeBack(5);
    await writer.finish();
    expect(await rowsOf('fewer', 0)).to.deep.equal({ found: [2, 2, 3, 4, 3], values: [0, 1] });
    expect(Object.keys(await folderContents(folder.path('fewer')))).to.deep.equal(['shards/00000.npy']);
  });

  it('goes on after any number of clips, whatever came after them, and ends in the same bytes', async () => {
    for (let kept = 0; kept <= 7; kept++) {
      const first = await openAfter(`cut-${kept}`, 0);
      await addAll(first, 0, kept);
      await first.sync();
      await addAll(first, 100, 105);
      await first.close();
      const second = await openAfter(`cut-${kept}`, kept);
      await addAll(second, kept, 7);
      await second.finish();
      expect(await folderContents(folder.path(`cut-${kept}`)), `${kept} kept`).to.deep.equal(whole);
    }
  });

  it('goes on after a shard that was finished, and mends the header even where nothing is added', async () => {
    for (const kept of [1, 2, 3, 4]) {
      const first = await openAfter(`more-${kept}`, 0);
      await addAll(first, 0, kept);
      await first.finish();
      const second = await openAfter(`more-${kept}`, kept);
      await addAll(second, kept, 6);
      await second.close();
      const third = await openAfter(`more-${kept}`, 6);
      await addAll(third, 6, 7);
      await third.close();
      await (await openAfter(`more-${kept}`, 7)).finish();
      expect(await folderContents(folder.path(`more-${kept}`))).to.deep.equal(whole);
    }
  });

  it('leaves files alone that are not its own', async () => {
    await mkdir(folder.path('notes/shards'), { recursive: true });
    await writeFile(folder.path('notes/shards/mine.npy'), 'mine');
    await (await openAfter('notes', 0)).finish();
    expect(await readFile(folder.path('notes/shards/mine.npy'), 'utf8')).to.equal('mine');
  });

  it('names a shard that is short or gone', async () => {
    const writer = await openAfter('short', 0);
    await addAll(writer, 0, 5);
    await writer.finish();
    await truncate(folder.path('short/shards/00001.npy'), 200);
    const short = await rejectionOf(openAfter('short', 5));
    expect(short).to.be.instanceOf(LacunaError).with.property('message').that.includes('00001.npy is cut short');
    await rm(folder.path('short/shards/00000.npy'));
    expect(await rejectionOf(openAfter('short', 5)))
      .to.have.property('message')
      .that.includes('00000.npy is gone');
  });
});
