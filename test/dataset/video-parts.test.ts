import { expect } from 'chai';
import fc from 'fast-check';
import { appendFile, copyFile, readFile, writeFile } from 'node:fs/promises';
import { decodeParts, divide, type PartOptions, planParts } from '../../lib/dataset/video-parts.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { makeWithFfmpeg, rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('video parts', () => {
  const folder = temporaryFolder();
  const options: PartOptions = { width: 32, height: 32, fps: 12 };

  describe('divide', () => {
    it('covers the video in order by parts that are worth their start', () => {
      const seconds = fc.double({ min: 0.1, max: 20_000, noNaN: true });
      fc.assert(
        fc.property(
          seconds,
          fc.integer({ min: 2, max: 64 }),
          fc.double({ min: 1, max: 2000 }),
          (length, cores, ahead) => {
            const parts = divide(length, cores, ahead);
            if (parts === undefined) return;
            const { lanes, threads, starts } = parts;
            expect(starts[0]).to.equal(0);
            expect(starts.at(-1)).to.be.below(length);
            expect(lanes).to.be.within(2, cores);
            expect(lanes * threads).to.be.at.most(cores);
            for (const [index, start] of starts.entries()) {
              expect(start).to.satisfy(Number.isInteger);
              if (index > 0) expect(start - (starts[index - 1] ?? 0)).to.be.at.least(32);
            }
          },
        ),
      );
    });

    it('leaves a video whole that is short, or whose frames take much memory', () => {
      expect(divide(70, 2, 1000)).to.equal(undefined);
      expect(divide(7200, 2, 30)).to.equal(undefined);
      expect(divide(120, 2, 1000)).to.deep.equal({ lanes: 2, threads: 1, starts: [0, 64] });
      expect(divide(120, 16, 1000)).to.deep.equal({ lanes: 3, threads: 5, starts: [0, 46, 84] });
    });
  });

  const collect = async (frames: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const all: Uint8Array[] = [];
    for await (const frame of frames) all.push(frame);
    return Buffer.concat(all);
  };
  const split = (path: string, starts: readonly number[], given: Partial<PartOptions> = {}) =>
    collect(decodeParts(path, { ...options, ...given }, { lanes: 2, threads: 1, starts }, {}));

  /** 40 seconds at 30000/1001 frames a second with B-frames, whose key frames fall on no whole second. */
  before(() =>
    makeWithFfmpeg(
      folder.path('long.mp4'),
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=30000/1001:duration=40'],
      ...['-c:v', 'libx264', '-g', '71', '-bf', '3', '-pix_fmt', 'yuv420p'],
    ),
  );

  it('gives the bytes of one run, wherever the parts begin', async () => {
    for (const given of [
      {},
      { startSeconds: 2 },
      { startSeconds: 1, durationSeconds: 33.3 },
      { fps: 30 },
      { fps: 1 },
    ]) {
      const whole = await collect(decodeVideo(folder.path('long.mp4'), { ...options, ...given }));
      expect(
        whole.equals(await split(folder.path('long.mp4'), [0, 12, 13, 29], given)),
        JSON.stringify(given),
      ).to.equal(true);
    }
  });

  it('throws where the video ends before a part does', async () => {
    expect(await rejectionOf(split(folder.path('long.mp4'), [0, 20, 45]))).to.have.property('reason', 'truncated');
    expect(await rejectionOf(split(folder.path('long.mp4'), [0, 20, 41]))).to.have.property('reason', 'truncated');
  });

  it('throws where a part misses the frame that is shown when it begins', async () => {
    // A slide is shown from 4 to 36; in coding order the frame after it comes before it is due.
    const path = await makeWithFfmpeg(
      folder.path('slides.mp4'),
      ...['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=10:duration=8'],
      ...['-vf', "setpts='if(lt(N,40),PTS,PTS+32/TB)'", '-fps_mode', 'passthrough'],
      ...['-c:v', 'libx264', '-g', '10', '-bf', '3', '-pix_fmt', 'yuv420p'],
    );
    const whole = await collect(decodeVideo(path, options));
    const outcomes: string[] = [];
    for (let start = 2; start < 39; start += 3) {
      const parts = await split(path, [0, start]).catch((error: unknown) => error);
      if (parts instanceof Buffer) expect(whole.equals(parts), `from ${start}`).to.equal(true);
      outcomes.push(parts instanceof Buffer ? 'joined' : 'refused');
    }
    expect(new Set(outcomes)).to.deep.equal(new Set(['joined', 'refused']));
  });

  it('throws where anything in a part is damaged', async () => {
    await copyFile(folder.path('long.mp4'), folder.path('damaged.mp4'));
    const bytes = await readFile(folder.path('damaged.mp4'));
    bytes.fill(0xff, Math.floor(bytes.length * 0.7), Math.floor(bytes.length * 0.7) + 400);
    await writeFile(folder.path('damaged.mp4'), bytes);
    expect(await rejectionOf(split(folder.path('damaged.mp4'), [0, 20]))).to.have.property('name', 'DecodeError');
  });

  it('takes apart what is long enough and lists its key frames', async () => {
    const words = ['-f', 'lavfi', '-i', 'color=size=16x16:rate=5:duration=110', '-c:v', 'ffv1', '-f', 'matroska'];
    await makeWithFfmpeg(folder.path('small.mkv'), ...words);
    expect(await planParts(folder.path('small.mkv'), options, 2, {})).to.equal(undefined);
    await copyFile(folder.path('small.mkv'), folder.path('large.mkv'));
    await appendFile(folder.path('large.mkv'), Buffer.alloc(2 ** 20));
    expect(await planParts(folder.path('large.mkv'), options, 2, {})).to.deep.include({ lanes: 2, starts: [0, 59] });
    expect(await planParts(folder.path('large.mkv'), { ...options, fps: 12.5 }, 2, {})).to.equal(undefined);
    expect(await planParts(folder.path('large.mkv'), options, 1, {})).to.equal(undefined);
    expect(await planParts(folder.path('absent.mkv'), options, 2, {})).to.equal(undefined);
  });
});
