import { expect } from 'chai';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { pixelMask } from '../../lib/masking/hidden-pixels.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { createScore } from '../../lib/measures/score.js';
import { motionInterpolation } from '../../lib/measures/motion-interpolation.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { fillInParts, type FillRows } from '../../lib/prediction/filled-parts.js';
import { measureHide } from '../../lib/prediction/measure-hide.js';
import { type LoadedModel, loadModel } from '../../lib/run/load-model.js';
import { trainedRun } from '../cli/trained-run.js';

describe('measureHide', () => {
  let model: LoadedModel;
  let dataset: Dataset;
  before(async () => {
    const given = await trainedRun();
    model = await loadModel(given.run, { threads: 1 });
    dataset = await openDataset(given.dataset);
  });
  after(async () => {
    await dataset.close();
    await model.compute.close();
  });

  it('measures model and fills on the same clips, also those that are filled together, source by source', async () => {
    const grid = gridOfModel(model.config.model);
    const given: FillRows = {
      ...{ model, dataset, rows: Int32Array.from({ length: 10 }, (_, row) => row) },
      planOf: (sample) => planMask(parseHide('gap:3'), grid, { seed: 2, step: 0, sample }),
    };
    const context = { meanFrame: new Float32Array(64 * 64 * 3), signal: undefined };
    const done: number[] = [];
    const { figures, sources, median } = await measureHide(given, context, (clips) => done.push(clips));
    expect(done).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const videos = dataset.clips.slice(0, 10).map(({ video }) => video);
    expect(sources).to.equal(new Set(videos).size).and.above(1);

    const [ours, moved] = [createScore(dataset.shape), createScore(dataset.shape)];
    const errors: number[] = [];
    for await (const part of fillInParts(given, undefined)) {
      for (const { truth, filled, plan, row } of part) {
        const mask = pixelMask(plan);
        ours.add(truth, filled, mask, videos[row]);
        moved.add(truth, await motionInterpolation.fill(truth, plan, context), mask, videos[row]);
        const alone = createScore(dataset.shape);
        alone.add(truth, filled, mask);
        errors.push(alone.result().hiddenMse);
      }
    }
    const figuresOf = (wanted: string) => figures.find(({ name }) => name === wanted);
    expect(figuresOf('model')).to.deep.equal({ name: 'model', ...ours.result() });
    expect(figuresOf('motion interpolation')).to.deep.equal({ name: 'motion interpolation', ...moved.result() });
    // Black and a black mean frame.
    expect(figuresOf('mean frame')).to.deep.equal({ ...figuresOf('black'), name: 'mean frame' });
    expect(errors.filter((error) => error < (errors[median] ?? NaN))).to.have.length(5);
  });

  it('leaves out a fill that some of the clips cannot have', async () => {
    const grid = gridOfModel(model.config.model);
    const [inner, outer] = ['gap:3-5', 'gap:0-2'].map((hide) =>
      planMask(parseHide(hide), grid, { seed: 2, step: 0, sample: 0 }),
    );
    const given: FillRows = {
      ...{ model, dataset, rows: Int32Array.of(0, 1, 2) },
      planOf: (sample) => {
        const plan = sample === 1 ? outer : inner;
        if (plan === undefined) throw new Error('there are two plans');
        return plan;
      },
    };
    const context = { meanFrame: new Float32Array(64 * 64 * 3), signal: undefined };
    const { figures } = await measureHide(given, context, () => undefined);
    expect(figures.map(({ name }) => name))
      .to.include('copy-last')
      .and.not.include('motion interpolation');
  });
});
