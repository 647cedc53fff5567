import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { layoutOfModel } from '../../lib/model/layer-decay.js';
import { withFamily } from '../../lib/model/families.js';
import { finetune } from '../../lib/representation/finetune.js';
import { probe } from '../../lib/representation/probe.js';
import { readModelConfig } from '../../lib/run/run-config.js';
import { readWeights } from '../../lib/run/weights.js';
import { pretrain } from '../../lib/training/pretrain.js';
import { type LabelledRun, labelledRun } from '../cli/labelled-run.js';
import { makeDataset, madeOptions } from '../dataset/made-dataset.js';
import { temporaryFolder } from '../video/made-videos.js';

describe('finetune', () => {
  const folder = temporaryFolder();
  let given: LabelledRun;
  before(async () => {
    given = await labelledRun();
  });

  /** The parameters of a run's encoder, by their names. */
  const encoderOf = async (run: string): Promise<ReadonlyMap<string, Float32Array>> => {
    const { model, layerDecay } = await readModelConfig(run);
    const layout = layoutOfModel(model, layerDecay);
    const { parameters } = await readWeights(run, layout);
    const { encoder } = withFamily(model, (family, own) => family.parameters(own));
    return new Map(
      encoder.map(({ name }) => {
        const { offset = 0, length = 0 } = layout.places.find((place) => place.name === name) ?? {};
        return [name, parameters.slice(offset, offset + length)];
      }),
    );
  };

  it('begins with the encoder of the model, and from scratch with another one', async () => {
    const out = folder.path('begun');
    await finetune({ model: given.run, dataset: given.dataset, out, steps: 1, learningRates: [1e-9], threads: 1 });
    const pretrained = await encoderOf(given.run);
    expect(pretrained.size).to.be.at.least(10);
    const furthest = async (start: string) => {
      const other = await encoderOf(`${out}/trials/${start}-1.00e-9`);
      const distances = [...pretrained].map(([name, values]) =>
        values.reduce((most, value, index) => Math.max(most, Math.abs(value - (other.get(name)?.[index] ?? NaN))), 0),
      );
      return Math.max(...distances);
    };
    expect(await furthest('pretrained')).to.be.below(1e-7);
    // It has the seed of the run, whose few steps are what tells them apart.
    expect(await furthest('scratch')).to.be.above(1e-5);
  });

  it('tells classes apart that anyone can, and so does a probe: each label is with its clip', async () => {
    const options = { ...madeOptions, size: 16 };
    const isTop = (row: number) => row % 3 === 0;
    const dataset = await makeDataset(folder.path('halves'), new Array<number>(24).fill(1), options, (row, length) =>
      Uint8Array.from({ length }, (_, index) => {
        const line = Math.floor(index / (16 * 3)) % 16;
        return line < 8 === isTop(row) ? 200 + row : 20 + row;
      }),
    );
    const file = `${dataset}/clips.jsonl`;
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    const labelled = lines.map((line, row) => `${line.slice(0, -1)},"label":"${isTop(row) ? 'top' : 'bottom'}"}\n`);
    await writeFile(file, labelled.join(''));
    const model = folder.path('run');
    await pretrain({ dataset, out: model, hide: ['future:1'], steps: 1, batch: 2, threads: 1 });
    const few = { model, dataset, test: 0.4, threads: 1 };
    const tuned = await finetune({
      ...few,
      out: folder.path('tuned'),
      steps: 60,
      learningRates: [3e-3],
      scratch: false,
    });
    expect(tuned.labels).to.deep.equal(['bottom', 'top']);
    expect(tuned.chosen.pretrained?.test.balancedAccuracy).to.equal(1);
    const { figures } = await probe({ ...few, features: ['pixels'], probes: ['knn', 'linear'] });
    expect(figures.map(({ test }) => test.balancedAccuracy)).to.deep.equal([1, 1]);
  });
});
