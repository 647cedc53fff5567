import { expect } from 'chai';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { greyOf as greyOfPixels } from '../../lib/clip/grey.js';
import { decodeTogether, decodeVideo, type DecodeOptions } from '../../lib/video/decode.js';
import { DecodeError } from '../../lib/video/failure-reason.js';
import {
  cutFile,
  greyOf,
  makeProgram,
  makeSound,
  makeVideo,
  makeWithFfmpeg,
  rejectionOf,
  temporaryFolder,
  turnVideo,
  withFfmpeg,
} from './made-videos.js';

type Decoded = { readonly frames: Uint8Array[]; readonly error?: unknown };

async function decode(file: string, options: Partial<DecodeOptions> = {}): Promise<Decoded> {
  const frames: Uint8Array[] = [];
  try {
    for await (const frame of decodeVideo(file, { width: 32, height: 32, ...options })) frames.push(frame);
  } catch (error) {
    return { frames, error };
  }
  return { frames };
}

/** Which frame of `madeFrames` this grey is. */
const frameOf = (frame: Uint8Array) => Math.round(((frame[0] ?? 0) - 16) / 8);
const left = (_frame: number, _y: number, x: number, channel: number) => (x < 32 === (channel === 0) ? 255 : 0);

describe('decodeVideo', () => {
  const folder = temporaryFolder();

  it('yields each frame once, in memory of its own', async () => {
    const { frames, error } = await decode(await makeVideo(folder.path('plain.mp4')));
    expect(error).to.equal(undefined);
    expect(frames.map(({ length }) => length)).to.deep.equal(Array(20).fill(32 * 32 * 3));
    expect(frames.map(frameOf)).to.deep.equal(Array.from(Array(20).keys()));
    expect(frames[3]?.[0]).to.be.closeTo(greyOf(3), 2);
    expect(new Set(frames.map(({ buffer }) => buffer)).size).to.equal(20);
  });

  it('gives the grey of each pixel, alone and together with others', async () => {
    const file = folder.path('colours.mkv');
    await makeWithFfmpeg(file, '-f', 'lavfi', '-i', 'testsrc2=size=48x32:rate=12:duration=1', '-c:v', 'ffv1');
    const colours = (await decode(file)).frames;
    const grey = (await decode(file, { grey: true })).frames;
    expect(grey).to.deep.equal(colours.map((frame) => greyOfPixels(frame)));
    expect(new Set(grey.map(({ buffer }) => buffer)).size).to.equal(12);
    const together = await decodeTogether([file, file], { width: 32, height: 32, grey: true, mostBytes: 1e6 });
    expect(together).to.deep.equal([grey, grey]);
  });

  it('repeats and leaves out frames for another rate', async () => {
    const file = folder.path('plain.mp4');
    const half = (await decode(file, { fps: 6 })).frames.map(frameOf);
    expect(half).to.have.length(10);
    expect(half).to.deep.equal(Array.from(Array(10).keys(), (index) => 2 * index));
    const twice = (await decode(file, { fps: 24 })).frames.map(frameOf);
    expect(twice).to.have.length(40);
    expect(new Set(twice).size).to.equal(20);
  });

  it('begins and ends where it is told to', async () => {
    const file = folder.path('plain.mp4');
    const { frames } = await decode(file, { startSeconds: 5 / 12, durationSeconds: 4 / 12, fps: 12 });
    expect(frames.map(frameOf)).to.deep.equal([5, 6, 7, 8]);
    expect((await decode(file, { startSeconds: 0 })).frames).to.have.length(20);
  });

  it('leaves out frames at the start of a file as if it had read them', async () => {
    // 4 seconds, three of which can be sought past; key frames do not lie on seconds.
    const words = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25:duration=4'];
    const file = await makeWithFfmpeg(folder.path('long.mp4'), ...words, '-c:v', 'libx264', '-g', '40', '-bf', '2');
    for (const fps of [12, 25, 30]) {
      const { frames } = await decode(file, { fps });
      for (const skipFrames of [1, 5, 12, 13, 31, 40, 47]) {
        const { frames: rest, error } = await decode(file, { fps, startSeconds: skipFrames / fps });
        expect(error).to.equal(undefined);
        expect(Buffer.concat(rest).equals(Buffer.concat(frames.slice(skipFrames))), `${skipFrames} at ${fps}`).to.be
          .true;
      }
    }
  });

  it('covers, contains or stretches', async () => {
    const file = await makeVideo(folder.path('halves.mp4'), { width: 64, height: 32, frames: 1, value: left });
    const red = async (fit: 'cover' | 'contain' | 'stretch') => {
      const [frame = new Uint8Array()] = (await decode(file, { fit })).frames;
      return (y: number, x: number) => frame[(y * 32 + x) * 3] ?? -1;
    };
    const cover = await red('cover');
    expect([cover(0, 2), cover(0, 13)].every((value) => value > 200)).to.equal(true);
    expect([cover(0, 18), cover(31, 30)].every((value) => value < 60)).to.equal(true);
    const contain = await red('contain');
    expect(contain(16, 2)).to.be.greaterThan(200);
    expect([contain(0, 2), contain(7, 2), contain(24, 2), contain(31, 2)].every((v) => v < 20)).to.equal(true);
    const stretch = await red('stretch');
    expect([stretch(0, 2), stretch(31, 13)].every((value) => value > 200)).to.equal(true);
  });

  it('gives sizes that the file does not have, odd ones too', async () => {
    for (const fit of ['cover', 'contain', 'stretch'] as const) {
      const { frames, error } = await decode(folder.path('halves.mp4'), { width: 37, height: 5, fit });
      expect(error).to.equal(undefined);
      expect(frames.map(({ length }) => length)).to.deep.equal([37 * 5 * 3]);
    }
  });

  it('turns the picture as the file asks', async () => {
    const file = folder.path('turned.mp4');
    await copyFile(folder.path('halves.mp4'), file);
    const [frame = new Uint8Array()] = (await decode(await turnVideo(file), { width: 32, height: 64 })).frames;
    const red = (y: number) => frame[(y * 32 + 16) * 3] ?? -1;
    expect(Math.abs(red(4) - red(60))).to.be.greaterThan(180);
  });

  it('gives square pixels', async () => {
    // A circle stored as an ellipse: half the columns, each pixel twice as wide as high.
    const file = await makeWithFfmpeg(
      folder.path('wide.mkv'),
      ...[
        '-f',
        'lavfi',
        '-i',
        'color=white:size=32x32:duration=0.2',
        '-vf',
        'pad=32:64:0:16,setsar=2/1',
        '-c:v',
        'mpeg4',
      ],
    );
    const [frame = new Uint8Array()] = (await decode(file, { width: 64, height: 64 })).frames;
    const value = (y: number, x: number) => frame[(y * 64 + x) * 3] ?? -1;
    expect([value(32, 1), value(32, 62)].every((v) => v > 200)).to.equal(true);
    expect(value(8, 32)).to.be.lessThan(50);
  });

  it('yields what there is of a file that is cut off, and then throws', async () => {
    const file = await makeVideo(folder.path('cut.mp4'), {
      frames: 48,
      width: 64,
      height: 64,
      value: (frame, y, x, channel) => (frame * 37 + y * x * (channel + 3)) % 256,
    });
    const { frames, error } = await decode(await cutFile(file, 0.5), { width: 64, height: 64 });
    expect(frames.length).to.be.within(5, 47);
    expect(error).to.be.instanceOf(DecodeError).with.property('reason', 'truncated');
    expect(error)
      .to.have.property('detail')
      .that.does.not.match(/@ 0x|\/tmp/);
  });

  it('throws a DecodeError of the right class for what is no video', async () => {
    await writeFile(folder.path('text.mp4'), 'not a video\n'.repeat(100));
    await writeFile(folder.path('empty.mp4'), '');
    await makeSound(folder.path('sound.mp4'));
    await cutFile(await makeVideo(folder.path('stub.mp4')), 0.02);
    for (const [name, reason] of [
      ['text', 'not-a-video'],
      ['empty', 'not-a-video'],
      ['sound', 'no-video-stream'],
    ]) {
      const { frames, error } = await decode(folder.path(`${name}.mp4`));
      expect(frames).to.have.length(0);
      expect(error).to.be.instanceOf(DecodeError).with.property('reason', reason);
    }
    expect((await decode(folder.path('stub.mp4'))).error).to.be.instanceOf(DecodeError);
    expect((await decode(folder.path('absent.mp4'))).error).to.have.property('kind', 'input');
  });

  it('opens no other file that a file names', async () => {
    const target = folder.path('plain.mp4');
    await writeFile(folder.path('list.mp4'), `ffconcat version 1.0\nfile '${target}'\n`);
    await writeFile(
      folder.path('list.m3u8'),
      `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${target}\n#EXT-X-ENDLIST\n`,
    );
    await copyFile(folder.path('list.m3u8'), folder.path('playlist.mp4'));
    for (const name of ['list.mp4', 'list.m3u8', 'playlist.mp4']) {
      expect((await decode(folder.path(name))).error)
        .to.be.instanceOf(DecodeError)
        .with.property('reason', 'not-a-video');
    }
    // The same name as a pattern would be.
    await copyFile(target, folder.path('%02d.mp4'));
    expect((await decode(folder.path('%02d.mp4'))).frames).to.have.length(20);
  });

  it('gives up a decoder that gives nothing', async () => {
    const program = await makeProgram(folder.path('stuck'), 'head -c 3072 /dev/zero; sleep 60');
    const { frames, error } = await withFfmpeg(program, () =>
      decode(folder.path('plain.mp4'), { timeoutSeconds: 0.3 }),
    );
    expect(frames).to.have.length(1);
    expect(error).to.be.instanceOf(DecodeError).with.property('reason', 'timeout');
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const frames = decodeVideo(folder.path('plain.mp4'), { width: 32, height: 32 }, { signal: stop.signal });
    await frames.next();
    stop.abort(reason);
    const rest = async () => {
      while ((await frames.next()).done !== true);
    };
    expect(await rejectionOf(rest())).to.equal(reason);
  });

  it('refuses options that make no sense', async () => {
    for (const wrong of [{ width: 0 }, { fps: -1 }, { startSeconds: NaN }, { fps: Infinity }]) {
      expect((await decode(folder.path('plain.mp4'), wrong)).error).to.be.instanceOf(RangeError);
    }
  });

  it('gives the same bytes each time', async () => {
    const [one, two] = [await decode(folder.path('halves.mp4')), await decode(folder.path('halves.mp4'))];
    expect(Buffer.concat(one.frames).equals(Buffer.concat(two.frames))).to.equal(true);
    expect(await readFile(folder.path('halves.mp4')))
      .to.have.property('length')
      .greaterThan(0);
  });
});

describe('decodeTogether', () => {
  const folder = temporaryFolder();
  const options = { width: 16, height: 24, fps: 12, mostBytes: 1e6 };

  it('gives the frames that each video gives alone', async () => {
    const videos = [{ frames: 20 }, { frames: 7, width: 64 }, { frames: 30, fps: 30 }];
    const files = await Promise.all(videos.map((video, index) => makeVideo(folder.path(`${index}.mp4`), video)));
    const together = await decodeTogether(files, options);
    const alone = await Promise.all(files.map((file) => decode(file, { width: 16, height: 24, fps: 12 })));
    expect(alone.map(({ frames }) => frames.length)).to.deep.equal([20, 7, 12]);
    // Buffers, compared by their bytes
    expect(together?.map((frames) => frames.map((frame) => Uint8Array.from(frame)))).to.deep.equal(
      alone.map(({ frames }) => frames),
    );
  });

  it('gives nothing where one of them is damaged or absent, or they take too much room', async () => {
    const good = folder.path('0.mp4');
    const cut = await cutFile(await makeVideo(folder.path('cut.mp4')), 0.6);
    expect(await decodeTogether([good, cut], options)).to.equal(undefined);
    expect(await decodeTogether([good, folder.path('absent.mp4')], options)).to.equal(undefined);
    const bytes = 2 * 20 * 16 * 24 * 3;
    expect(await decodeTogether([good, good], { ...options, mostBytes: bytes - 1 })).to.equal(undefined);
    expect(await decodeTogether([good, good], { ...options, mostBytes: bytes })).to.have.length(2);
  });
});
