import { expect } from 'chai';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { createBatchPlanner, loaderOptions, optimiserOf } from '../../lib/training/make-step.js';
import { smallRun } from '../run/small-run.js';

describe('what a step is made of', () => {
  const config = smallRun({ seed: 5, crop: 0.5, batch: 4, repeat: 2 });

  it('is fed as the configuration says', () => {
    const { threads, ...rest } = loaderOptions(config);
    expect(rest).to.deep.equal({ batch: 4, seed: 5, repeat: 2, flip: true, crop: 0.5, colour: 0, hue: 0 });
    expect(threads).to.equal(1);
    expect(loaderOptions({ ...config, device: 'webgpu' }).threads).to.be.within(1, 4);
  });

  it('has the optimiser that was asked for, which moves averages where there are any', () => {
    expect(optimiserOf(config)).to.deep.equal({
      ...{ name: 'adamw', beta1: 0.9, beta2: 0.95, epsilon: 1e-8, clipNorm: 1, movesAverages: false },
    });
    expect(optimiserOf({ ...config, optimizer: 'muon' }).name).to.equal('muon');
    expect(optimiserOf({ ...config, average: 0.99 }).movesAverages).to.equal(true);
  });

  it('has one kind of mask a micro-batch, drawn anew for each, and a plan for each clip', () => {
    const plan = createBatchPlanner(config);
    const kinds = Array.from({ length: 200 }, (_, micro) => plan(micro).kind);
    // 150 expected, deviation 6.
    expect(kinds.filter((kind) => kind === 'future:2').length).to.be.within(126, 174);
    const micro = kinds.indexOf('gap:1');
    const { plans } = plan(micro);
    expect(plans).to.have.length(4);
    for (const [sample, { visible, hidden, unused }] of plans.entries()) {
      const expected = planMask(parseHide('gap:1'), gridOfModel(config.model), { seed: 5, step: micro, sample });
      expect({ visible, hidden, unused }).to.deep.equal({
        ...{ visible: expected.visible, hidden: expected.hidden, unused: expected.unused },
      });
    }
  });

  it('hides nothing where classes are told apart, and is called after that', () => {
    const { kind, plans, keys } = createBatchPlanner({ ...config, hide: [], objective: 'classification' })(3);
    expect(kind).to.equal('classification');
    expect(plans).to.have.length(4);
    for (const { visible, hidden, unused } of plans) {
      expect([visible.length, hidden.length, unused.length]).to.deep.equal([gridOfModel(config.model).tokens, 0, 0]);
    }
    expect(keys).to.deep.equal([0, 1, 2, 3].map((sample) => ({ seed: 5, step: 3, sample })));
  });
});
