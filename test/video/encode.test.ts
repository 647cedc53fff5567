import { expect } from 'chai';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { encodeVideo } from '../../lib/video/encode.js';
import { probeVideo } from '../../lib/video/probe.js';
import { greyOf, madeFrames, rejectionOf, temporaryFolder } from './made-videos.js';

const size = { width: 32, height: 32, fps: 12 };

describe('encodeVideo', () => {
  const folder = temporaryFolder();
  const firstValues = async (file: string, width: number, height: number) => {
    const values: number[] = [];
    for await (const frame of decodeVideo(file, { width, height })) values.push(frame[0] ?? -1);
    return values;
  };

  for (const extension of ['mp4', 'gif', 'MP4']) {
    it(`writes ${extension} that decodes to the same pictures`, async () => {
      const file = folder.path(`-made:%d.${extension}`);
      await encodeVideo(file, madeFrames(), size);
      const info = await probeVideo(file);
      expect(info).to.include({ width: 32, height: 32 });
      // GIF counts hundredths of a second.
      expect(info.fps).to.be.within(12, 12.5);
      const values = await firstValues(file, 32, 32);
      expect(values).to.have.length(20);
      values.forEach((value, frame) => expect(value).to.be.closeTo(greyOf(frame), 2));
    });
  }

  it('writes MP4s whose colours a player need not guess, whatever their size', async () => {
    const colours = [
      [0, 200, 0],
      [200, 0, 0],
      [0, 0, 200],
    ];
    for (const side of [64, 1088]) {
      const file = folder.path(`colours-${side}.mp4`);
      const frames = colours.map((colour) => new Uint8Array(side * side * 3).map((_, index) => colour[index % 3] ?? 0));
      await encodeVideo(file, frames, { width: side, height: side, fps: 12 });
      const seen: number[][] = [];
      for await (const frame of decodeVideo(file, { width: 64, height: 64 })) seen.push([...frame.subarray(0, 3)]);
      expect(seen).to.have.length(3);
      for (const [index, values] of seen.entries()) {
        for (const [channel, value] of values.entries()) {
          expect(value, `${side}: ${values.join()}`).to.be.closeTo(colours[index]?.[channel] ?? -1, 3);
        }
      }
      expect((await readFile(file)).includes('colrnclx')).to.equal(true);
    }
  });

  it('replaces what a killed process of the same number left', async () => {
    await writeFile(folder.path(`.again.mp4.${process.pid}.unfinished`), 'left');
    await encodeVideo(folder.path('again.mp4'), madeFrames({ frames: 2 }), size);
    expect((await readdir(folder.path('.'))).filter((name) => name.includes('again'))).to.deep.equal(['again.mp4']);
  });

  it('takes odd sizes: an MP4 gets an even one, a GIF keeps it', async () => {
    const odd = { width: 33, height: 17 };
    for (const [name, width, height] of [
      ['odd.mp4', 34, 18],
      ['odd.gif', 33, 17],
    ] as const) {
      await encodeVideo(folder.path(name), madeFrames({ ...odd, frames: 3 }), { ...odd, fps: 10 });
      expect(await probeVideo(folder.path(name))).to.include({ width, height });
    }
  });

  it('writes an MP4 that can be played while it loads', async () => {
    await encodeVideo(folder.path('fast.mp4'), madeFrames(), size);
    const bytes = await readFile(folder.path('fast.mp4'));
    expect(bytes.indexOf('moov')).to.be.within(1, bytes.indexOf('mdat') - 1);
  });

  it('takes frames that come later, and counts them', async () => {
    const counts: number[] = [];
    async function* frames() {
      for (const frame of madeFrames({ frames: 3 })) yield Promise.resolve(frame);
    }
    await encodeVideo(folder.path('later.mp4'), frames(), size, { onProgress: ({ done }) => counts.push(done) });
    expect(counts).to.deep.equal([1, 2, 3]);
  });

  it('leaves what was there, and nothing else, where it fails', async () => {
    const file = folder.path('kept.mp4');
    await writeFile(file, 'before');
    const reason = new Error('no more frames');
    function* failing() {
      yield* madeFrames({ frames: 2 });
      throw reason;
    }
    expect(await rejectionOf(encodeVideo(file, failing(), size))).to.equal(reason);
    expect(await rejectionOf(encodeVideo(file, [new Uint8Array(5)], size))).to.be.instanceOf(RangeError);
    expect(await rejectionOf(encodeVideo(file, [], size))).to.be.instanceOf(RangeError);
    const stop = new AbortController();
    function* aborting() {
      yield* madeFrames({ frames: 2 });
      stop.abort(reason);
      yield* madeFrames({ frames: 200 });
    }
    expect(await rejectionOf(encodeVideo(file, aborting(), size, { signal: stop.signal }))).to.equal(reason);
    expect(await readFile(file, 'utf8')).to.equal('before');
    expect((await readdir(dirname(file))).filter((name) => name.includes('unfinished'))).to.deep.equal([]);
  });

  it('refuses other extensions and folders that are not there', async () => {
    const other = await rejectionOf(encodeVideo(folder.path('x.avi'), madeFrames(), size));
    expect(other).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
    const absent = await rejectionOf(encodeVideo(folder.path('absent/x.mp4'), madeFrames(), size));
    expect(absent).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(absent).to.have.property('message').that.includes('absent/x.mp4');
  });
});
