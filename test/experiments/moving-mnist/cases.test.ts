// Tests that every line of the table can be run.
import { expect } from 'chai';
import { gridOfModel } from '../../../dist/model/model-config.js';
import { cases, peers, trainings } from './cases.js';
import { digitLength } from './digits.js';
import { worlds } from './draw-clip.js';
import { createMadeDataset } from './made-dataset.js';
import { resolveTraining } from './our-learner.js';

describe('cases of Moving MNIST', () => {
  it('run A, B, C alone and mixed where none is named', () => {
    const defaults = Object.keys(cases).filter((name) => cases[name]?.isDefault);
    expect(defaults).to.deep.equal(['A', 'B', 'C', 'mix-A', 'mix-B', 'mix-C']);
    for (const name of ['A', 'B', 'C']) expect(cases[name]?.peers).to.deep.equal(Object.keys(peers));
  });

  it('measure what their training hides', () => {
    for (const [name, { training, hide }] of Object.entries(cases)) {
      expect(trainings[training]?.hide, name).to.include(hide);
    }
  });

  it('resolve to runs, each another', () => {
    const digits = new Uint8Array(digitLength);
    const configs = Object.entries(trainings).map(([name, training]) => {
      const dataset = createMadeDataset(training.world, worlds[training.world], digits, { seed: 0, purpose: '' });
      const config = resolveTraining(training, dataset, { minutes: 10, seed: 3 });
      expect(config, name).to.deep.include({ duration: { unit: 'minutes', amount: 10 }, seed: 3, flip: false });
      expect(gridOfModel(config.model).tokens, name).to.be.above(0);
      expect(config.data.validation, name).to.equal(0);
      return JSON.stringify(config);
    });
    expect(new Set(configs).size).to.equal(configs.length);
  });
});
