import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { decode } from 'fast-png';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { decodeNpy } from '../../lib/formats/npy.js';
import type { Prediction } from '../../lib/prediction/predict.js';
import { checkPredictionFile, writePrediction } from '../../lib/report/write-prediction.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

const [frames, size] = [4, 16];
const pixels = frames * size * size;

/** Frames of one grey each, of which the last was hidden and filled in 8 too bright. */
const prediction: Prediction = {
  frames: Uint8Array.from(
    { length: 3 * pixels },
    (_, index) => greyAt(index) + (isHidden(Math.floor(index / 3)) ? 8 : 0),
  ),
  truth: Uint8Array.from({ length: 3 * pixels }, (_, index) => greyAt(index)),
  hidden: Uint8Array.from({ length: pixels }, (_, pixel) => (isHidden(pixel) ? 1 : 0)),
  shape: [frames, size, size, 3],
  fps: 10,
  hide: 'future:1',
};

function greyAt(index: number): number {
  return 40 * (1 + Math.floor(index / (3 * size * size)));
}

function isHidden(pixel: number): boolean {
  return pixel >= (frames - 1) * size * size;
}

describe('writePrediction', () => {
  const folder = temporaryFolder();

  it('writes .npy with the very values', async () => {
    const file = folder.path('a.npy');
    await writePrediction(prediction, file);
    const { dtype, shape, data } = decodeNpy(await readFile(file));
    expect({ dtype, shape, data }).to.deep.equal({ dtype: 'uint8', shape: [4, 16, 16, 3], data: prediction.frames });
  });

  it('writes .png as a strip of what was shown, what was filled in and the truth', async () => {
    const file = folder.path('a.PNG');
    await writePrediction(prediction, file);
    const { width, height, data } = decode(await readFile(file));
    expect([width, height]).to.deep.equal([4 * 34 - 2, 3 * 34 - 2]);
    const at = (column: number, row: number) => [
      ...data.subarray(4 * ((row * 34 + 7) * width + column * 34 + 7), 4 * ((row * 34 + 7) * width + column * 34 + 8)),
    ];
    for (const row of [0, 1, 2]) expect(at(1, row), `row ${row}`).to.deep.equal([80, 80, 80, 255]);
    expect(at(3, 0)[3], 'shown').to.be.below(255);
    expect(at(3, 1), 'filled in').to.deep.equal([168, 168, 168, 255]);
    expect(at(3, 2), 'truth').to.deep.equal([160, 160, 160, 255]);
  });

  for (const [name, side, tolerance] of [
    ['a.gif', 256, 0],
    ['a.mp4', 16, 3],
  ] as const) {
    it(`writes ${name.slice(1)} with what was filled in, a frame for each frame`, async () => {
      const file = folder.path(name);
      await writePrediction(prediction, file);
      expect(await greysOf(file, side)).to.satisfy((greys: number[]) =>
        [40, 80, 120, 168].every((grey, frame) => Math.abs(grey - (greys[frame] ?? NaN)) <= tolerance),
      );
      expect(await greysOf(file, side)).to.have.length(4);
    });
  }

  it('replaces a file that is there', async () => {
    for (const name of ['b.npy', 'b.mp4', 'b.gif', 'b.png']) {
      const file = folder.path(name);
      await writeFile(file, 'older');
      await writePrediction(prediction, file);
      expect((await readFile(file)).length, name).to.be.above(100);
    }
  });

  it('refuses another ending, and tells the known ones', async () => {
    for (const name of ['a.bmp', 'a', '.gif', 'gif']) {
      const error = await rejectionOf(writePrediction(prediction, folder.path(name)));
      expect(error, name).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error)
        .to.have.property('message')
        .that.matches(/must end in one of \.mp4, \.gif, \.png, \.npy: the ending says what is written/);
    }
    expect(['x.mp4', 'x.GIF', 'x.y.png', 'x.npy'].map(checkPredictionFile)).to.deep.equal([
      ...['.mp4', '.gif', '.png', '.npy'],
    ]);
  });

  it('refuses a folder that is not there and a folder in its place, and leaves nothing behind', async () => {
    await mkdir(folder.path('places'));
    for (const ending of ['mp4', 'gif', 'png', 'npy']) {
      await mkdir(folder.path(`places/taken.${ending}`));
      for (const [name, sentence] of [
        [`nowhere/a.${ending}`, /nowhere\/a\.\w+ cannot be written, as .*nowhere is no folder; make it first/],
        [`places/taken.${ending}`, /taken\.\w+ is a folder; name a file/],
      ] as const) {
        const error = await rejectionOf(writePrediction(prediction, folder.path(name)));
        expect(error, name).to.be.instanceOf(LacunaError).with.property('kind', 'input');
        expect(error).to.have.property('message').that.matches(sentence);
      }
    }
    expect(await readdir(folder.path('places'))).to.deep.equal(
      ['gif', 'mp4', 'npy', 'png'].map((ending) => `taken.${ending}`),
    );
  });

  it('ends with the reason of the signal and leaves what was there', async () => {
    await mkdir(folder.path('kept'));
    const reason = new Error('enough');
    for (const ending of ['mp4', 'gif', 'png', 'npy']) {
      const file = folder.path(`kept/a.${ending}`);
      await writeFile(file, 'older');
      const signal = AbortSignal.abort(reason);
      expect(await rejectionOf(writePrediction(prediction, file, { signal })), ending).to.equal(reason);
    }
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => done === 2 && stop.abort(reason);
    const stopped = writePrediction(prediction, folder.path('kept/a.mp4'), { signal: stop.signal, onProgress });
    expect(await rejectionOf(stopped)).to.equal(reason);
    const names = await readdir(folder.path('kept'));
    expect(names).to.deep.equal(['a.gif', 'a.mp4', 'a.npy', 'a.png']);
    for (const name of names) expect(await readFile(folder.path(`kept/${name}`), 'utf8')).to.equal('older');
  });
});

/** The value in the middle of each frame. */
async function greysOf(file: string, side: number): Promise<number[]> {
  const greys: number[] = [];
  for await (const frame of decodeVideo(file, { width: side, height: side })) {
    greys.push(frame[3 * (side * (side / 2) + side / 2)] ?? NaN);
  }
  return greys;
}
