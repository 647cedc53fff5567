import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { clipShapeOfModel } from '../../lib/model/model-config.js';
import { type Compute, openCompute } from '../../lib/run/compute.js';
import { watchSteadiness } from '../../lib/training/watch-steadiness.js';
import { noisePixels, smallConv } from '../model/small-models.js';

describe('watchSteadiness', () => {
  const shape = clipShapeOfModel(smallConv);
  const length = clipLength(shape);
  const config = { seed: 3, batch: 4 };
  const rowsOf = (count: number) => Int32Array.from({ length: count }, (_, row) => row);
  const datasetOf = (pixels: Uint8Array) => ({
    shape,
    readClips: (rows: readonly number[] | Int32Array, into: Uint8Array) => {
      for (const [place, row] of [...rows].entries()) {
        into.set(pixels.subarray(row * length, (row + 1) * length), place * length);
      }
      return Promise.resolve();
    },
  });
  /** Clips of one grey each. */
  const greys = (count: number) =>
    Uint8Array.from({ length: count * length }, (_, index) => 20 * Math.floor(index / length));
  let compute: Compute;
  before(async () => {
    compute = await openCompute({ model: smallConv, engine: 'onnx', threads: 1 });
    await compute.call('initialise', { seed: 2 });
  });
  after(() => compute.close());

  it('tells clips that lie along one line from such as fill the space, the same each time', async () => {
    const noise = watchSteadiness(datasetOf(noisePixels(smallConv, 10, 1)), rowsOf(10), config, compute);
    const line = watchSteadiness(datasetOf(greys(10)), rowsOf(10), config, compute);
    expect(noise?.clips).to.equal(20);
    const [ofNoise, ofLine] = [await noise?.measure(), await line?.measure()];
    expect(await noise?.measure()).to.deep.equal(ofNoise);
    expect(ofNoise?.effectiveRank).to.be.within(4, 9);
    expect(ofLine?.effectiveRank).to.be.within(1, 2);
    for (const { uniformity = NaN, changed = NaN } of [ofNoise ?? {}, ofLine ?? {}]) {
      expect(uniformity).to.be.within(-4, 0);
      expect(changed).to.be.above(0);
    }
  });

  it('takes 32 clips at most, and is nothing where there are too few', () => {
    const dataset = datasetOf(new Uint8Array(0));
    expect(watchSteadiness(dataset, rowsOf(100), config, compute)?.clips).to.equal(64);
    expect(watchSteadiness(dataset, rowsOf(3), config, compute)).to.equal(undefined);
  });
});
