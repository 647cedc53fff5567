import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import {
  type PredictedFrame,
  predictVideo,
  type PredictVideoOptions,
  type VideoPrediction,
} from '../../lib/prediction/predict-video.js';
import type { LoadedModel } from '../../lib/run/load-model.js';
import { decodeVideo } from '../../lib/video/decode.js';
import {
  cutFile,
  makeSound,
  makeVideo,
  makeWithFfmpeg,
  rejectionOf,
  temporaryFolder,
  turnVideo,
} from '../video/made-videos.js';
import { openBlendModel } from './blend-model.js';

/** A frame as a sum of others, each with its share. */
type Mixture = readonly (readonly [frame: number, share: number])[];

/** The frames from `first` on as copies and blends, a share of the later one for each: what roll-out leaves of a gap. */
const fade = (
  earlier: number,
  later: number,
  step: number,
  shares: readonly number[],
): (readonly [number, Mixture])[] =>
  shares.map((share, index) => [
    earlier + (index + 1) * step,
    [
      [earlier, 1 - share],
      [later, share],
    ],
  ]);
const copies = (from: number, frames: readonly number[]): (readonly [number, Mixture])[] =>
  frames.map((frame) => [frame, [[from, 1]]]);

describe('predictVideo', () => {
  const folder = temporaryFolder();
  let model: LoadedModel;
  before(async () => {
    model = await openBlendModel();
  });
  after(() => model.compute.close());

  /** Sharp, coloured and moving, without loss. */
  const makeMoving = (name: string, size: string, rate: string, frames: number, ...words: string[]) =>
    makeWithFfmpeg(
      folder.path(name),
      ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate},trim=end_frame=${frames},format=gbrp`],
      ...['-c:v', 'ffv1', ...words],
    );
  /** Each frame of one grey, no two neighbours alike: scaling leaves it as it is. */
  const makeGreys = (name: string, size: string, rate: string, frames: number, ...words: string[]) =>
    makeWithFfmpeg(
      folder.path(name),
      ...[
        '-f',
        'lavfi',
        '-i',
        `color=black:size=${size}:rate=${rate},trim=end_frame=${frames},format=gray,geq=lum='20+mod(N*37,200)'`,
      ],
      ...['-c:v', 'ffv1', ...words],
    );
  const read = async (video: string, { width, height }: { width: number; height: number }) => {
    const frames: Uint8Array[] = [];
    for await (const frame of decodeVideo(video, { width, height, fit: 'stretch' })) frames.push(frame);
    return frames;
  };
  const collect = async ({ frames }: VideoPrediction) => {
    const all: PredictedFrame[] = [];
    for await (const frame of frames) all.push(frame);
    return all;
  };

  /**
   * Holds a prediction against the frames that it must be made of: `expected` says how each hidden frame is mixed of the
   * output's frames, where `isAsked` says which of its pixels; all others must be the file's, byte for byte.
   */
  const expectMixed = async (
    video: string,
    options: PredictVideoOptions,
    expected: readonly (readonly [number, Mixture])[],
    {
      own = (frame) => frame,
      isAsked = () => true,
    }: { own?: (frame: number) => number; isAsked?: (x: number, y: number) => boolean } = {},
  ) => {
    const prediction = await predictVideo(model, video, options);
    const [count, height, width] = prediction.shape;
    const truth = await read(video, { width, height });
    const mixtures = new Map(expected);
    const frames = await collect(prediction);
    expect(frames.map(({ index }) => index)).to.deep.equal([...Array(count).keys()]);
    expect(prediction.filled.frames).to.equal(mixtures.size);
    for (const { index, pixels, truth: given, hidden } of frames) {
      const mixture = mixtures.get(index);
      expect(prediction.isHidden(index), `frame ${index}`).to.equal(mixture !== undefined);
      expect(given, `truth of ${index}`).to.deep.equal(truth[own(index)]);
      if (mixture === undefined) {
        expect(hidden).to.equal(undefined);
        expect(pixels, `frame ${index}`).to.deep.equal(truth[own(index)]);
        continue;
      }
      let [worst, kept] = [0, true];
      for (let at = 0; at < pixels.length; at++) {
        const pixel = Math.floor(at / 3);
        const isHidden = isAsked(pixel % width, Math.floor(pixel / width));
        kept &&= (hidden?.[pixel] === 1) === isHidden && (isHidden || pixels[at] === given?.[at]);
        const value = mixture.reduce((sum, [frame, share]) => sum + share * (truth[own(frame)]?.[at] ?? NaN), 0);
        if (isHidden) worst = Math.max(worst, Math.abs((pixels[at] ?? NaN) - value));
      }
      expect(kept, `what is not hidden of frame ${index}`).to.equal(true);
      expect(worst, `frame ${index}`).to.be.at.most(1);
    }
    return prediction;
  };

  it('fills a gap in at the file’s own resolution, in tiles without a seam, and leaves each other byte', async () => {
    const video = await makeMoving('tiles.mkv', '50x38', '12', 24);
    const gap = fade(8, 12, 1, [0.25, 0.5, 0.75]);
    const { shape, fps, hide, filled } = await expectMixed(video, { hide: 'gap:9-11', tile: true }, gap);
    expect({ shape, fps, hide }).to.deep.equal({ shape: [24, 38, 50, 3], fps: 12, hide: 'gap:9-11' });
    // Squares of 16 in 50 and in 38 pixels.
    expect(filled).to.deep.equal({ frames: 3, windows: 1, tiles: 4 * 3, passes: 1 });
  });

  it('changes no more than the pixels of a box, though whole patches are hidden of the model', async () => {
    const video = await makeMoving('box.mkv', '50x38', '12', 20);
    const isAsked = (x: number, y: number) => x >= 11 && x < 11 + 17 && y >= 7 && y < 7 + 9;
    const box = fade(4, 8, 1, [0.25, 0.5, 0.75]);
    const { filled } = await expectMixed(video, { hide: 'box:11,7,17,9@5-7', tile: true }, box, { isAsked });
    expect(filled.tiles).to.be.below(12);
  });

  it('fills each phase of a faster file in by itself, at the file’s own rate', async () => {
    const video = await makeGreys('fast.mkv', '30x20', '60', 100);
    const expected = [
      ...fade(35, 55, 5, [0.25, 0.5, 0.75]),
      ...[36, 37, 38, 39].flatMap((before) => fade(before, before + 15, 5, [1 / 3, 2 / 3])),
    ];
    const { fps, filled } = await expectMixed(video, { hide: 'gap:40-50' }, expected);
    expect(fps).to.equal(60);
    expect(filled).to.deep.equal({ frames: 11, windows: 5, tiles: 2, passes: 1 });
  });

  it('works in several passes where a gap or a future is longer than it was trained on', async () => {
    const video = await makeGreys('long.mkv', '20x20', '12', 40);
    const gap = fade(9, 21, 1, [0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1]);
    expect((await expectMixed(video, { hide: 'gap:10-20' }, gap)).filled).to.deep.include({ windows: 5, passes: 3 });
    const future = copies(32, [33, 34, 35, 36, 37, 38, 39]);
    expect((await expectMixed(video, { hide: 'future:7' }, future)).filled).to.deep.include({ windows: 3, passes: 3 });
    await expectMixed(video, { hide: 'gap:0-4' }, copies(5, [0, 1, 2, 3, 4]));
  });

  it('goes on beyond the end', async () => {
    const video = await makeGreys('end.mkv', '20x20', '12', 9);
    const { shape, hide } = await expectMixed(video, { extend: 7 }, copies(8, [9, 10, 11, 12, 13, 14, 15]));
    expect({ shape, hide }).to.deep.equal({ shape: [16, 20, 20, 3], hide: '' });
    const both = copies(6, [7, 8, 9, 10]);
    expect((await expectMixed(video, { hide: 'future:2', extend: 2 }, both)).filled.passes).to.equal(2);
  });

  it('puts in frames that the file lacks', async () => {
    const video = await makeGreys('lost.mkv', '20x20', '12', 12);
    const expected = [...fade(3, 6, 1, [1 / 3, 2 / 3]), ...fade(9, 11, 1, [0.5])];
    const own = (frame: number) =>
      frame < 4 ? frame : frame < 6 ? NaN : frame < 10 ? frame - 2 : frame === 10 ? NaN : frame - 3;
    const { shape } = await expectMixed(video, { hide: 'gap:4-5+gap:10-10', insert: true }, expected, { own });
    expect(shape[0]).to.equal(15);
  });

  it('takes files of any rate, size and turn as they are decoded', async () => {
    const ntsc = await makeGreys('ntsc.mkv', '33x47', '30000/1001', 32);
    const expected = fade(9, 15, 3, [0.5]);
    expect((await expectMixed(ntsc, { hide: 'gap:12-12' }, expected)).fps).to.be.closeTo(30000 / 1001, 1e-9);

    const times = [
      '-vf',
      "settb=1/1000,setpts='N*50+mod(N*N*7,45)'",
      '-vsync',
      'passthrough',
      '-enc_time_base',
      '1:1000',
    ];
    const variable = await makeGreys('variable.mkv', '20x20', '12', 24, ...times);
    // 20 frames a second, of which every second one comes nearest to 12.
    const { shape, fps } = await expectMixed(variable, { hide: 'gap:12-12' }, fade(10, 14, 2, [0.5]));
    expect(shape[0]).to.equal(24);
    expect(fps).to.be.closeTo(20, 1);

    const turned = await turnVideo(await makeVideo(folder.path('turned.mp4'), { width: 32, height: 24, frames: 12 }));
    const prediction = await expectMixed(turned, { hide: 'gap:5-5', tile: true }, fade(4, 6, 1, [0.5]));
    expect(prediction.shape).to.deep.equal([12, 32, 24, 3]);
  });

  it('brings pictures to the model’s size and back, and fits as the model was trained', async () => {
    const video = await makeGreys('wide.mkv', '90x40', '12', 12);
    for (const [fit, tiles] of [
      ['cover', 3],
      ['stretch', 1],
      ['contain', 1],
    ] as const) {
      const fitted = { ...model, config: { ...model.config, data: { ...model.config.data, fit } } };
      const prediction = await predictVideo(fitted, video, { hide: 'gap:4-6' });
      expect(prediction.filled.tiles, fit).to.equal(tiles);
      const frames = await collect(prediction);
      const mean = (frame: number) => 20 + ((frame * 37) % 200);
      for (const frame of [4, 5, 6]) {
        const expected = mean(3) + ((mean(7) - mean(3)) * (frame - 3)) / 4;
        const worst = frames[frame]?.pixels.reduce((most, value) => Math.max(most, Math.abs(value - expected)), 0);
        expect(worst, `${fit}, frame ${frame}`).to.be.at.most(2);
      }
    }
  });

  it('draws patches in each window by the seed, and fills just these in', async () => {
    const video = await makeMoving('patches.mkv', '40x30', '12', 21);
    const ask = async (seed: number) =>
      collect(await predictVideo(model, video, { hide: 'patches:0.5+gap:2-3', tile: true, seed }));
    const [one, again, other] = [await ask(1), await ask(1), await ask(2)];
    expect(again).to.deep.equal(one);
    expect(other.map(({ hidden }) => hidden)).not.to.deep.equal(one.map(({ hidden }) => hidden));
    for (const { index, pixels, truth, hidden = new Uint8Array() } of one) {
      const share = hidden.reduce((sum, value) => sum + value, 0) / hidden.length;
      if (index === 2 || index === 3) expect(share).to.equal(1);
      else expect(share, `frame ${index}`).to.be.within(0.2, 0.8);
      expect(pixels.every((value, at) => hidden[Math.floor(at / 3)] === 1 || value === truth?.[at])).to.equal(true);
    }
    // The picture lasts: what is hidden is mostly seen in other frames of the window.
    const [, second] = one;
    const off = second?.pixels.map((value, at) => Math.abs(value - (second.truth?.[at] ?? NaN))) ?? new Uint8Array();
    expect(off.reduce((sum, value) => sum + value, 0) / off.length).to.be.below(30);
  });

  it('reads no further than it needs, tells how far it is, and ends with the reason of the signal', async () => {
    const video = await makeGreys('stop.mkv', '20x20', '12', 40);
    const progress: Progress[] = [];
    const { frames } = await predictVideo(
      model,
      video,
      { hide: 'gap:10-12' },
      { onProgress: (report) => progress.push(report) },
    );
    for await (const { index } of frames) if (index === 12) break;
    expect(progress.filter(({ unit }) => unit === 'frames read').at(-1)?.done).to.equal(40);
    expect(progress.at(-1)).to.deep.equal({ unit: 'frames', done: 12, total: 40 });

    const reason = new Error('enough');
    const stop = new AbortController();
    const stopped = await predictVideo(model, video, { hide: 'gap:10-12' }, { signal: stop.signal });
    const seen: number[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const { index } of stopped.frames) if (seen.push(index) === 5) stop.abort(reason);
      })(),
    );
    expect(error).to.equal(reason);
    expect(seen).to.deep.equal([0, 1, 2, 3, 4]);
    const early = predictVideo(model, video, { hide: 'gap:10-12' }, { signal: AbortSignal.abort(reason) });
    expect(await rejectionOf(early)).to.equal(reason);
  });

  it('gives the same for the frames of one clip as for a file that is longer', async () => {
    const long = await collect(
      await predictVideo(model, await makeMoving('a.mkv', '16x16', '12', 60), { hide: 'gap:30-32' }),
    );
    const short = await collect(
      await predictVideo(model, await makeMoving('b.mkv', '16x16', '12', 36), { hide: 'gap:30-32' }),
    );
    expect(long.slice(30, 33).map(({ pixels }) => pixels)).to.deep.equal(
      short.slice(30, 33).map(({ pixels }) => pixels),
    );
  });

  describe('refuses', () => {
    let video: string;
    before(async () => {
      video = await makeGreys('refused.mkv', '20x20', '12', 12);
    });
    const wrong: readonly (readonly [string, PredictVideoOptions, RegExp])[] = [
      ['to do nothing', {}, /--hide future:8 or another kind, or --extend 8/],
      ['to insert nothing', { insert: true, extend: 2 }, /--insert needs the gaps/],
      [
        'a gap beyond the end',
        { hide: 'gap:10-12' },
        /--hide gap:10-12 ends after the last frame of .*refused\.mkv, which has frames 0 to 11/,
      ],
      [
        'a box outside of the picture',
        { hide: 'box:10,10,11,8@1-2' },
        /box:10,10,11,8@1-2 reaches out of .*refused\.mkv.* 20 × 20/,
      ],
      ['patches that are none', { hide: 'patches:0.001' }, /--hide patches:0\.001/],
      ['a number that is none', { extend: 0 }, /extend: /],
      ['an option that it does not know', Object.assign({ extend: 1 }, { tiles: true }), /tiles/],
    ];
    for (const [name, options, sentence] of wrong) {
      it(`${name}, as a mistake in the call`, async () => {
        const error = await rejectionOf(predictVideo(model, video, options));
        expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
        expect(error).to.have.property('message').that.matches(sentence);
      });
    }

    it('a place that is never visible in a tile, when it comes there', async () => {
      const wide = await makeGreys('covered.mkv', '64x20', '12', 12);
      const prediction = await predictVideo(model, wide, { hide: 'box:0,0,32,20@0-11', tile: true });
      const error = await rejectionOf(collect(prediction));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error)
        .to.have.property('message')
        .that.matches(/nothing visible .* frames 0 to 7; hide less, or leave out --tile/);
    });

    const unreadable: readonly (readonly [string, (file: string) => Promise<unknown>, RegExp])[] = [
      ['missing.mp4', () => Promise.resolve(), / cannot be read; check that it exists/],
      ['folder.mp4', (file) => mkdir(file), / is a folder; name a video file/],
      ['text.mp4', (file) => writeFile(file, 'this is no video\n'), / is not a video that ffmpeg can open/],
      ['sound.mp4', (file) => makeSound(file), / has no video stream/],
      ['cut.mp4', async (file) => cutFile(await makeVideo(file), 0.5), / ends before its end/],
      [
        'short.mp4',
        (file) => makeVideo(file, { frames: 7 }),
        / is too short: it has 7 frames at 12 a second, and the model takes 8 \(8\)/,
      ],
      [
        'fast.mp4',
        (file) => makeVideo(file, { frames: 23, fps: 36 }),
        / it has 23 frames at 36 .* takes 24 \(8, 3 apart at this rate\)/,
      ],
    ];
    for (const [name, make, sentence] of unreadable) {
      it(`${name} in one sentence that names it`, async () => {
        const file = folder.path(name);
        await make(file);
        const error = await rejectionOf(predictVideo(model, file, { hide: 'future:2' }));
        expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
        expect(error)
          .to.have.property('message')
          .that.satisfies((message: string) => message.startsWith(file));
        expect(error).to.have.property('message').that.matches(sentence).and.not.includes('\n');
      });
    }
  });
});
