import { expect } from 'chai';
import { type LabelledRun, labelledRun } from './labelled-run.js';
import { expectRefusals } from './refusals.js';
import { startCommand } from './start-command.js';

describe('lacuna probe', () => {
  let given: LabelledRun;
  before(async () => {
    given = await labelledRun();
  });
  const probe = (...words: string[]) => ['probe', given.run, given.dataset, '--threads', '1', ...words];

  it('sets the model beside all controls, with every probe', async () => {
    const { code, stdout, stderr } = await startCommand(probe('--json'));
    expect(code, stderr).to.equal(0);
    const { figures, chance, clips } = JSON.parse(stdout) as {
      figures: { features: string; probe: string; test: { balancedAccuracy: number; videos: number; loss: number } }[];
      chance: number;
      clips: object;
    };
    expect(clips).to.deep.equal({ train: 32, validation: 8, test: 8 });
    expect(chance).to.equal(1 / 8);
    expect(figures.map(({ features, probe: name }) => `${features} ${name}`)).to.deep.equal(
      ['model', 'untrained', 'pixels', 'shuffled'].flatMap((features) =>
        ['knn', 'linear', 'attentive'].map((name) => `${features} ${name}`),
      ),
    );
    for (const { test } of figures) {
      expect(test.videos).to.equal(8);
      expect(test.balancedAccuracy).to.be.within(0, 1);
    }
    // No control is another one by another name.
    const losses = figures.filter(({ probe: name }) => name === 'linear').map(({ test }) => test.loss);
    expect(new Set(losses).size).to.equal(4);
  });

  it('prints a table of what was asked for', async () => {
    const { stdout } = await startCommand(probe('--probe', 'knn', '--features', 'pixels', '--labels-per-class', '3'));
    expect(stdout).to.match(
      /learned from 24 clips, chosen by 8, measured on 8\n +knn\n +the pixels, 8 × 8 a frame +[\d.]+\n +chance +12\.5\n$/,
    );
  });

  it('refuses bad input in one sentence', async () => {
    await expectRefusals([
      ['an unknown probe', probe('--probe', 'linaer'), /probes/, 2],
      ['a layer that is not there', probe('--layer', '99'), /layers 0 to/, 2],
    ]);
  });
});
