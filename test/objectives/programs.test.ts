import { expect } from 'chai';
import { createEagerEngine } from '../../lib/engine/eager-engine.js';
import type { ModelConfig } from '../../lib/model/model-config.js';
import { embedProgram, fillProgram, lossProgram, signatureOf } from '../../lib/objectives/programs.js';
import {
  drawnParameters,
  inputsOf,
  layoutOf,
  noisePixels,
  plansOf,
  smallConv,
  smallVit,
} from '../model/small-models.js';

describe('programs', () => {
  const planOf = (config: ModelConfig, hide: string, samples: number, seed = 0) =>
    inputsOf(config, noisePixels(config, samples, 1), plansOf(config, hide, samples, seed)).plan;

  for (const config of [smallConv, smallVit]) {
    it(`say what they are, and ask for pixels and what the ${config.family} family wants to know`, () => {
      const plan = planOf(config, 'patches:0.5', 3);
      const programs = [
        lossProgram(config, 'reconstruction', 3, plan),
        fillProgram(config, 3, plan),
        embedProgram(config, 3, plan),
      ];
      expect(programs.map(({ name }) => name)).to.deep.equal(
        ['reconstruction', 'fill', 'embed'].map((use) => `${config.family} ${use}`),
      );
      for (const { inputs, layout } of programs) {
        expect(inputs['pixels']).to.deep.equal({ type: 'uint8', shape: [3, 4, 16, 16, 3] });
        expect(Object.keys(inputs)).to.have.members(['pixels', ...Object.keys(plan)]);
        for (const [name, { type, shape }] of Object.entries(plan)) {
          expect(inputs[name]).to.deep.equal({ type, shape });
        }
        expect(layout).to.deep.equal(layoutOf(config));
      }
    });
  }

  it('run with inputs that go with them', async () => {
    const engine = createEagerEngine('cpu');
    const { plan, arrays } = inputsOf(smallVit, noisePixels(smallVit, 2, 1), plansOf(smallVit, 'patches:0.5', 2));
    const state = engine.createState(layoutOf(smallVit));
    const parameters = drawnParameters(smallVit, 1);
    await engine.writeState(state, { parameters, moments1: parameters, moments2: parameters });
    const run = async (program: ReturnType<typeof fillProgram>) =>
      (await engine.compile('forward', program)).run(state, arrays);
    const { tokens, ...none } = await run(fillProgram(smallVit, 2, plan));
    expect(tokens).to.have.length(2 * 16 * 96);
    expect(none).to.deep.equal({});
    expect((await run(embedProgram(smallVit, 2, plan)))['h']).to.have.length(2 * 12);
  });

  it('are told apart by their batch and their kind of mask, and not by where it hides', () => {
    const signature = (config: ModelConfig, hide: string, samples: number, seed = 0) =>
      signatureOf(samples, planOf(config, hide, samples, seed));
    const one = signature(smallVit, 'patches:0.5', 2);
    expect(signature(smallVit, 'patches:0.5', 2, 1)).to.equal(one);
    expect(signature(smallVit, 'patches:0.25', 2)).not.to.equal(one);
    expect(signature(smallVit, 'patches:0.5', 3)).not.to.equal(one);
    expect(signature(smallConv, 'patches:0.5', 2)).not.to.equal(one);
    // A dense network reads every mask as a plane of one shape.
    expect(signature(smallConv, 'patches:0.5', 2)).to.equal(signature(smallConv, 'future:2', 2));
  });
});
