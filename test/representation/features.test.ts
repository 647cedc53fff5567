import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import type { Dataset } from '../../lib/dataset/open-dataset.js';
import { averageTokens, joinTokens, readRawPixels, readTokens } from '../../lib/representation/features.js';
import { type Compute, openCompute } from '../../lib/run/compute.js';
import { noisePixels, smallConv, smallVit } from '../model/small-models.js';
import { clipShapeOfModel } from '../../lib/model/model-config.js';

const shape = clipShapeOfModel(smallConv);
const length = clipLength(shape);
const count = 11;
const pixels = noisePixels(smallConv, count, 3);
const dataset: Dataset = {
  ...{ folder: '/data', shape, fps: 12, stride: 1, fit: 'cover', fingerprint: 'abc', clips: [] },
  readClips: (rows, into) => {
    for (const [place, row] of [...rows].entries())
      into.set(pixels.subarray(row * length, (row + 1) * length), place * length);
    return Promise.resolve();
  },
  close: () => Promise.resolve(),
};
const rows = Int32Array.of(10, 0, 3, 4, 5, 6, 7, 8, 9);

describe('features', () => {
  for (const config of [smallConv, smallVit]) {
    describe(`of a ${config.family}`, () => {
      let compute: Compute;
      before(async () => {
        compute = await openCompute({ model: config, engine: 'onnx', threads: 1 });
        await compute.call('initialise', { seed: 2 });
      });
      after(() => compute.close());

      it('are the tokens of each clip, whose mean is h', async () => {
        const features = await readTokens(compute, config, dataset, rows, {}, {});
        const mean = averageTokens(features);
        expect(mean.values).to.have.length(rows.length * features.width);
        const own = pixels.slice(3 * length, 4 * length);
        const h = await compute.call('embed', { pixels: own, clips: 1, batch: 2 });
        for (const [index, value] of h.entries())
          expect(mean.values[2 * features.width + index]).to.be.closeTo(value, 1e-5);
      });

      it('are of another layer where one is asked for', async () => {
        const [first, last] = [
          await readTokens(compute, config, dataset, rows, { layer: 0 }, {}),
          await readTokens(compute, config, dataset, rows, {}, {}),
        ];
        expect(first.values.slice(0, 10)).not.to.deep.equal(last.values.slice(0, 10));
        let error: unknown;
        await readTokens(compute, config, dataset, rows, { layer: 9 }, {}).catch((reason: unknown) => (error = reason));
        expect(error)
          .to.be.instanceOf(RangeError)
          .with.property('message')
          .that.matches(/no layer 9/);
      });

      it('are others where frames come in another order, the same for each clip each time', async () => {
        const read = (choice: Parameters<typeof readTokens>[4]) =>
          readTokens(compute, config, dataset, rows, choice, {});
        const [plain, shuffled] = [await read({}), await read({ shuffle: { seed: 1 } })];
        expect(shuffled.values).not.to.deep.equal(plain.values);
        expect((await read({ shuffle: { seed: 1 } })).values).to.deep.equal(shuffled.values);
      });
    });
  }

  it('are pixels averaged to 8 × 8 a frame', async () => {
    const { values, tokens, width } = await readRawPixels(dataset, Int32Array.of(2), {}, {});
    expect([tokens, width]).to.deep.equal([shape.frames, 8 * 8 * 3]);
    // Frame 1, the area in row 2 and column 5, green.
    const at = (y: number, x: number) => pixels[2 * length + ((1 * 16 + y) * 16 + x) * 3 + 1] ?? NaN;
    const expected = (at(4, 10) + at(4, 11) + at(5, 10) + at(5, 11)) / 4 / 255;
    expect(values[width + (2 * 8 + 5) * 3 + 1]).to.be.closeTo(expected, 1e-6);
  });

  it('of shuffled pixels are the same frames in another order', async () => {
    const [plain, shuffled] = [
      await readRawPixels(dataset, Int32Array.of(2), {}, {}),
      await readRawPixels(dataset, Int32Array.of(2), { shuffle: { seed: 3 } }, {}),
    ];
    const framesOf = ({ values, width }: typeof plain) =>
      Array.from({ length: shape.frames }, (_, frame) =>
        values.slice(frame * width, (frame + 1) * width).join(),
      ).sort();
    expect(framesOf(shuffled)).to.deep.equal(framesOf(plain));
    expect(shuffled.values).not.to.deep.equal(plain.values);
  });

  it('become one vector a clip by their mean, or one after the other', () => {
    const features = { values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), tokens: 2, width: 2 };
    expect(averageTokens(features)).to.deep.equal({ values: Float32Array.of(2, 3, 6, 7), tokens: 1, width: 2 });
    expect(joinTokens(features)).to.deep.equal({ values: features.values, tokens: 1, width: 4 });
  });
});
