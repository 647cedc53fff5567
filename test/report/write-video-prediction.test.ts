import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { decode } from 'fast-png';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { decodeNpy } from '../../lib/formats/npy.js';
import type { PredictedFrame, VideoPrediction } from '../../lib/prediction/predict-video.js';
import { writeVideoPrediction } from '../../lib/report/write-video-prediction.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { probeVideo } from '../../lib/video/probe.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

const [width, height] = [24, 16];
const pixels = width * height;
/** Frames 20 to 23 are hidden, frame 23 is not in the file. */
const isHidden = (index: number) => index >= 20 && index <= 23;
const greyAt = (index: number) => 40 + 4 * index;

/** Frames of one grey each, filled in 8 too bright where they were hidden. */
function* madeFrames(count: number, fail?: Error): Generator<PredictedFrame> {
  for (let index = 0; index < count; index++) {
    if (fail && index === 10) throw fail;
    const truth = new Uint8Array(3 * pixels).fill(greyAt(index));
    const hidden = isHidden(index) ? new Uint8Array(pixels).fill(1) : undefined;
    yield {
      index,
      truth: index === 23 ? undefined : truth,
      hidden,
      pixels: hidden ? truth.map((value) => value + 8) : truth,
    };
  }
}

describe('writeVideoPrediction', () => {
  const folder = temporaryFolder();
  let read = 0;
  let isLeft = false;
  const predictionOf = ({
    fps = 10,
    count = 40,
    fail,
  }: { fps?: number; count?: number; fail?: Error } = {}): VideoPrediction => {
    async function* frames(): AsyncGenerator<PredictedFrame, void> {
      [read, isLeft] = [0, false];
      try {
        for (const frame of madeFrames(count, fail)) {
          read += 1;
          yield await Promise.resolve(frame);
        }
      } finally {
        isLeft = true;
      }
    }
    const filled = { frames: 4, windows: 1, tiles: 2, passes: 1 };
    return { frames: frames(), shape: [count, height, width, 3], fps, hide: 'gap:20-23', isHidden, filled };
  };

  it('writes .npy with the very values of all frames', async () => {
    const file = folder.path('a.npy');
    await writeVideoPrediction(predictionOf(), file);
    const { shape, data } = decodeNpy(await readFile(file));
    expect(shape).to.deep.equal([40, height, width, 3]);
    const expected = [...madeFrames(40)].flatMap((frame) => [...frame.pixels]);
    expect([...data]).to.deep.equal(expected);
  });

  for (const [name, scale, tolerance] of [
    ['a.gif', 10, 0],
    ['a.mp4', 1, 4],
  ] as const) {
    it(`writes ${name.slice(1)} with all frames, in their size and rate`, async () => {
      const file = folder.path(name);
      await writeVideoPrediction(predictionOf(), file);
      const info = await probeVideo(file);
      expect(info).to.deep.include({ width: width * scale, height: height * scale, fps: 10 });
      const greys: number[] = [];
      for await (const frame of decodeVideo(file, { width, height })) greys.push(frame[3 * 100] ?? NaN);
      expect(greys).to.have.length(40);
      for (const [index, grey] of greys.entries()) {
        expect(grey, `frame ${index}`).to.be.closeTo(greyAt(index) + (isHidden(index) ? 8 : 0), tolerance);
      }
    });
  }

  it('leaves out frames of a GIF that viewers would slow down, and keeps its length', async () => {
    for (const [fps, count, kept] of [
      [30000 / 1001, 60, 60],
      [60, 60, 30],
      [120, 60, 20],
    ] as const) {
      const file = folder.path('rate.gif');
      await writeVideoPrediction(predictionOf({ fps, count }), file);
      let frames = 0;
      for await (const frame of decodeVideo(file, { width, height })) frames += frame.length > 0 ? 1 : 0;
      expect(frames, `${fps}`).to.equal(kept);
      expect((await probeVideo(file)).durationSeconds, `${fps}`).to.be.closeTo(count / fps, 0.02);
    }
  });

  it('writes .png as a strip around what is hidden, and reads no further', async () => {
    const file = folder.path('a.png');
    await writeVideoPrediction(predictionOf(), file);
    const strip = decode(await readFile(file));
    // Frames 19 to 24, twice as large, 2 pixels apart.
    expect([strip.width, strip.height]).to.deep.equal([6 * (2 * width + 2) - 2, 3 * (2 * height + 2) - 2]);
    const at = (column: number, row: number) => {
      const pixel = (row * (2 * height + 2) + 9) * strip.width + column * (2 * width + 2) + 9;
      return [...strip.data.subarray(4 * pixel, 4 * pixel + 4)];
    };
    const opaque = (grey: number) => [grey, grey, grey, 255];
    for (const row of [0, 1, 2]) expect(at(0, row), `row ${row}`).to.deep.equal(opaque(greyAt(19)));
    expect(at(1, 0)[3], 'shown').to.be.below(255);
    expect(at(1, 1), 'filled in').to.deep.equal(opaque(greyAt(20) + 8));
    expect(at(1, 2), 'truth').to.deep.equal(opaque(greyAt(20)));
    expect(at(4, 1), 'filled in').to.deep.equal(opaque(greyAt(23) + 8));
    expect(at(4, 2)[3], 'no truth').to.be.below(255);
    expect([read, isLeft]).to.deep.equal([25, true]);
  });

  it('leaves nothing behind and what was there, and ends the work, where the frames break off', async () => {
    await mkdir(folder.path('kept'));
    const fail = new LacunaError('input', 'a.mp4 ends before its end');
    for (const ending of ['mp4', 'gif', 'png', 'npy']) {
      const file = folder.path(`kept/a.${ending}`);
      await writeFile(file, 'older');
      expect(await rejectionOf(writeVideoPrediction(predictionOf({ fail }), file)), ending).to.equal(fail);
      expect(isLeft).to.equal(true);
    }
    const names = await readdir(folder.path('kept'));
    expect(names).to.deep.equal(['a.gif', 'a.mp4', 'a.npy', 'a.png']);
    for (const name of names) expect(await readFile(folder.path(`kept/${name}`), 'utf8')).to.equal('older');
  });

  it('refuses another ending, a folder that is not there and a signal that has come, before it reads', async () => {
    const reason = new Error('enough');
    for (const [name, expected, signal] of [
      ['a.bmp', /must end in one of/, undefined],
      ['nowhere/a.gif', /nowhere is no folder; make it first/, undefined],
      ['b.gif', /enough/, AbortSignal.abort(reason)],
    ] as const) {
      read = 0;
      const error = await rejectionOf(writeVideoPrediction(predictionOf(), folder.path(name), { signal }));
      expect(error).to.have.property('message').that.matches(expected);
      expect(read).to.equal(0);
    }
  });
});
