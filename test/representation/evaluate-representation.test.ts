import { cp, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { evaluateRepresentation } from '../../lib/representation/evaluate-representation.js';
import { type LabelledRun, labelledRun } from '../cli/labelled-run.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('evaluateRepresentation', () => {
  let given: TrainedRun;
  let labelled: LabelledRun;
  const folder = temporaryFolder();
  /** The same clips, as a dataset that the models were not trained on. */
  const other = async (dataset: string, name: string) => {
    const copy = folder.path(name);
    await cp(dataset, copy, { recursive: true });
    const file = `${copy}/dataset.json`;
    await writeFile(file, `${await readFile(file, 'utf8')} `);
    return copy;
  };
  before(async () => {
    given = await trainedRun();
    labelled = await labelledRun();
  });

  it('measures the model and both controls on the same clips, the same each time', async () => {
    const options = { model: given.run, dataset: await other(given.dataset, 'given'), threads: 1 };
    const found = await evaluateRepresentation(options);
    expect(found).to.include({ part: 'all', clips: 24, sources: 8 });
    expect(found.figures.map(({ name }) => name)).to.deep.equal(['model', 'untrained', 'pixels']);
    for (const { retrieval, changedRetrieval, changes, spread, similarity } of found.figures) {
      for (const { recallAt1, recallAt5, meanAveragePrecision, queries } of [retrieval, changedRetrieval]) {
        expect(queries).to.equal(24);
        expect(recallAt5).to.be.at.least(recallAt1);
        for (const part of [recallAt1, recallAt5, meanAveragePrecision]) expect(part).to.be.within(0, 1);
      }
      // Two others among 23, in any order.
      expect(retrieval.chance).to.be.within(0.15, 0.25);
      for (const change of Object.values(changes)) expect(change).to.be.above(0);
      expect(spread.uniformity).to.be.below(0);
      expect(spread.effectiveRank).to.be.within(1, 23);
      expect(spread.spectrum.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-6);
      expect(similarity).to.equal(undefined);
    }
    // Each has a colour of its own, which pixels tell and light takes from them.
    const pixels = found.figures[2];
    expect(pixels?.retrieval.recallAt1).to.be.above(pixels?.changedRetrieval.recallAt1 ?? NaN);
    expect(found.figures[0]?.spread).to.not.deep.equal(found.figures[1]?.spread);
    expect(await evaluateRepresentation(options)).to.deep.equal(found);
    // With where things are, vectors differ, and those of the pixels do not.
    const grid = await evaluateRepresentation({ ...options, pooling: 'grid' });
    expect(grid.figures[2]).to.deep.equal(found.figures[2]);
    for (const [place, { spread }] of grid.figures.slice(0, 2).entries()) {
      expect(spread).to.not.deep.equal(found.figures[place]?.spread);
    }
  });

  it('says how near classes are, of as many clips as are asked for', async () => {
    const { figures, clips } = await evaluateRepresentation({
      ...{ model: labelled.run, dataset: await other(labelled.dataset, 'labelled'), clips: 40, threads: 1 },
    });
    expect(clips).to.equal(40);
    for (const { similarity } of figures) {
      expect(similarity?.within).to.be.within(-1, 1);
      expect(similarity?.between).to.be.within(-1, 1);
    }
    const test = await evaluateRepresentation({
      ...{ model: labelled.run, dataset: labelled.dataset, test: true, threads: 1 },
    });
    expect(test).to.include({ part: 'test', clips: 8 });
  });

  it('leaves out the clips that the model was trained on', async () => {
    const own = await evaluateRepresentation({ model: given.run, dataset: given.dataset, clips: 'all', threads: 1 });
    expect(own.part).to.equal('validation');
    expect(own.clips).to.be.within(2, 12);
  });

  it('refuses clips of another size and datasets without a test', async () => {
    for (const [options, kind, sentence] of [
      [{ model: given.run, dataset: labelled.dataset }, 'usage', /trained on clips of 16 × 64 × 64 × 3/],
      [{ model: given.run, dataset: given.dataset, test: true }, 'input', /no clips for the test/],
      [
        { model: given.run, dataset: given.dataset, layer: 99 },
        'usage',
        /has the layers 0 to \d+, and --layer says 99/,
      ],
    ] as const) {
      const error = await rejectionOf(evaluateRepresentation({ ...options, threads: 1 }));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', kind);
      expect(error).to.have.property('message').that.matches(sentence);
    }
  });
});
