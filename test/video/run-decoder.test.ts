import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { decodeVideo } from '../../lib/video/decode.js';
import { findFfmpeg } from '../../lib/video/find-ffmpeg.js';
import { exactVideos } from './exact-videos.js';
import { makeProgram, makeVideo, makeWithFfmpeg, rejectionOf, temporaryFolder, withFfmpeg } from './made-videos.js';

describe('runDecoder', () => {
  const folder = temporaryFolder();
  /** A program that does as ffmpeg and writes down each call's words. */
  const recorder = async (name: string, instead = '') => {
    const { path } = await findFfmpeg();
    const line = `echo "$*" >> "${folder.path(`${name}.log`)}"\n${instead}\nexec "${path}" "$@"`;
    const program = await makeProgram(folder.path(name), line);
    return { program, calls: async () => (await readFile(folder.path(`${name}.log`), 'utf8')).trim().split('\n') };
  };
  const make = (name: string) => {
    const maker = exactVideos[name];
    if (maker === undefined) throw new Error(`there is no ${name}`);
    return maker(folder.path(name));
  };
  const firstFrame = async (file: string, startSeconds?: number) => {
    for await (const frame of decodeVideo(file, { width: 64, height: 64, fps: 12, startSeconds })) return frame;
    throw new Error('there is no frame');
  };

  it('starts ffmpeg once for common video and for GIF', async () => {
    const { program, calls } = await recorder('once');
    const [plain, gif] = [await makeVideo(folder.path('plain.mp4')), await make('see-through.gif')];
    await withFfmpeg(program, async () => [await firstFrame(plain), await firstFrame(gif)]);
    expect(await calls()).to.have.length(2);
  });

  it('starts it again where the stream is HDR, before it gives a frame', async () => {
    const { program, calls } = await recorder('hdr');
    const file = await make('pq.mkv');
    await withFfmpeg(program, () => firstFrame(file));
    const [first = '', second = ''] = await calls();
    expect(first).not.to.include('lutrgb');
    expect(second).to.include('lutrgb');
  });

  it('shows what is beside a stream only where the build can', async () => {
    const file = await make('see-through.webm');
    const refusal = 'case "$*" in *libvpx*) echo "[fatal] Unknown decoder \'libvpx-vp9\'" >&2; exit 1;; esac';
    const { program, calls } = await recorder('without', refusal);
    const hidden = await withFfmpeg(program, () => firstFrame(file));
    expect(await calls()).to.have.length(3);
    const seen = await firstFrame(file);
    const red = (frame: Uint8Array) => frame[(10 * 64 + 50) * 3] ?? -1;
    expect(red(seen)).to.equal(0);
    expect(red(hidden)).to.be.greaterThan(150);
  });

  it('goes to the start of a long file only where the container lists its key frames', async () => {
    const { program, calls } = await recorder('start');
    const mp4 = await make('long.mp4');
    const ts = await makeWithFfmpeg(folder.path('long.ts'), '-i', `file:${mp4}`, '-c', 'copy');
    const [one, other] = await withFfmpeg(program, async () => [
      await firstFrame(mp4, 33.15),
      await firstFrame(ts, 33.15),
    ]);
    expect(one).to.deep.equal(other);
    expect((await calls()).map((words) => / -ss (\d+)/.exec(words)?.[1])).to.deep.equal([undefined, '23', undefined]);
  });

  it('says of a failure what went wrong, and nothing else that ffmpeg said', async () => {
    const program = await makeProgram(
      folder.path('talking'),
      'echo "[info] Input #0, mov, from x" >&2; echo "[warning] odd" >&2; echo "[error] decoding is impossible" >&2; exit 1',
    );
    const error = await withFfmpeg(program, () => rejectionOf(firstFrame(folder.path('plain.mp4'))));
    expect(error).to.have.property('detail', 'decoding is impossible');
  });

  it('finds no video where pictures only cover sound', async () => {
    const inputs = [
      '-f',
      'lavfi',
      '-i',
      'sine=duration=1',
      '-f',
      'lavfi',
      '-i',
      'color=red:size=32x32:rate=1:duration=1',
    ];
    const cover = ['-map', '0:a', '-map', '1:v', '-frames:v', '1', '-c:v', 'png', '-disposition:v', 'attached_pic'];
    for (const [name, ...words] of [
      ['cover.mp3', '-c:a', 'libmp3lame'],
      ['cover.flac', '-c:a', 'flac'],
      ['cover.m4a', '-c:a', 'aac', '-f', 'mp4'],
    ] as const) {
      const file = await makeWithFfmpeg(folder.path(name), ...inputs, ...cover, ...words);
      expect(await rejectionOf(firstFrame(file)), name).to.have.property('reason', 'no-video-stream');
    }
  });
});
