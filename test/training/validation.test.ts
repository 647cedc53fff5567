import { expect } from 'chai';
import { clipLength } from '../../lib/clip/clip.js';
import { clipShapeOfModel } from '../../lib/model/model-config.js';
import { type Compute, openCompute } from '../../lib/run/compute.js';
import { beginning } from '../../lib/run/position.js';
import { createValidation, meanOfMix, rememberValidation } from '../../lib/training/validation.js';
import { smallRun } from '../run/small-run.js';
import { measureLoss, noisePixels, plansOf, smallConv } from '../model/small-models.js';
import { createEngine } from '../../lib/engine/engines.js';

describe('createValidation', () => {
  const config = smallRun({ hide: ['future:2', 'patches:0.5'], seed: 3 });
  const shape = clipShapeOfModel(smallConv);
  const length = clipLength(shape);
  /** Clips of noise, and which of them were read. */
  const noiseOf = (count: number) => {
    const pixels = noisePixels(smallConv, count, 1);
    const read: number[] = [];
    const readClips = (rows: readonly number[] | Int32Array, into: Uint8Array) => {
      for (const [place, row] of [...rows].entries())
        into.set(pixels.subarray(row * length, (row + 1) * length), place * length);
      read.push(...rows);
      return Promise.resolve();
    };
    return { pixels, read, dataset: { shape, clips: [], readClips } };
  };
  let compute: Compute;
  before(async () => {
    compute = await openCompute({ model: smallConv, engine: 'onnx', threads: 1 });
    await compute.call('initialise', { seed: 2 });
  });
  after(() => compute.close());

  it('gives the mean loss of each kind of mask over the same clips each time, and learns nothing', async () => {
    const { pixels, dataset } = noiseOf(4);
    const before = await compute.call('readState', undefined);
    const validation = createValidation(dataset, Int32Array.of(0, 1, 2, 3), config, compute);
    const losses = await validation?.measure();
    expect(await validation?.measure()).to.deep.equal(losses);
    expect(await compute.call('readState', undefined)).to.deep.equal(before);
    const engine = await createEngine('onnx', { threads: 1 });
    for (const hide of config.hide) {
      const plans = plansOf(smallConv, hide, 4, 3);
      const loss = await measureLoss(engine, { config: smallConv, parameters: before.parameters, pixels, plans });
      expect(losses?.[hide]).to.be.closeTo(loss, 1e-6 * loss);
    }
    await engine.dispose();
  });

  it('takes at most 64 clips in whole batches, evenly spread, and reads each once', async () => {
    for (const [rows, expected] of [
      [1, 1],
      [3, 2],
      [11, 10],
      [200, 64],
    ] as const) {
      const { read, dataset } = noiseOf(rows);
      const validation = createValidation(
        dataset,
        Int32Array.from({ length: rows }, (_, row) => row),
        config,
        compute,
      );
      await validation?.measure();
      await validation?.measure();
      expect(read).to.have.length(expected);
      expect(validation?.clips).to.equal(expected);
      expect(new Set(read).size).to.equal(expected);
      expect(Math.max(...read)).to.be.at.least(rows - Math.ceil(rows / expected) - 1);
    }
  });

  it('is nothing where no clip is held out', () => {
    expect(createValidation(noiseOf(1).dataset, new Int32Array(0), config, compute)).to.equal(undefined);
  });
});

describe('what is remembered of validations', () => {
  it('weighs kinds of masks as often as they are drawn', () => {
    expect(meanOfMix(smallRun(), { 'gap:1': 4, 'future:2': 8 })).to.equal(7);
    expect(meanOfMix(smallRun(), { 'gap:1': 4 })).to.be.NaN;
    expect(meanOfMix(smallRun({ hide: [], objective: 'classification' }), { classification: 3 })).to.equal(3);
  });

  it('is the best and how long ago it was; what is no number is never best', () => {
    let position = beginning;
    const remember = (loss: number | undefined) => {
      position = { ...position, step: position.step + 5, elapsedSeconds: position.elapsedSeconds + 2 };
      position = { ...position, validation: rememberValidation(position, loss, 0.5) };
      const { best, sinceBest } = position.validation;
      return [best?.step, sinceBest];
    };
    const losses = [NaN, 3, 3, 4, undefined, 2.5, NaN];
    expect(losses.map(remember)).to.deep.equal([
      ...[
        [undefined, 1],
        [10, 0],
        [10, 1],
        [10, 2],
        [10, 2],
        [30, 0],
      ],
      [30, 1],
    ]);
    expect(position.validation).to.deep.equal({
      ...{ best: { step: 30, loss: 2.5 }, sinceBest: 1, atSeconds: 14, tookSeconds: 0.5 },
    });
  });
});
