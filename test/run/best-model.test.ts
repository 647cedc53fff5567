import { expect } from 'chai';
import { mkdir, readdir } from 'node:fs/promises';
import { takeBestModel, writeBestModel } from '../../lib/run/best-model.js';
import { readRunConfig } from '../../lib/run/run-config.js';
import { readWeights } from '../../lib/run/weights.js';
import { drawnParameters, layoutOf, smallConv } from '../model/small-models.js';
import { temporaryFolder } from '../video/made-videos.js';
import { smallRun } from './small-run.js';

describe('the best model', () => {
  const folder = temporaryFolder();
  const layout = layoutOf(smallConv);

  it('opens like a run, is replaced by a better one, and becomes the model of its run', async () => {
    const run = folder.path('run');
    // What a run that was killed may have left.
    await mkdir(folder.path('run/checkpoints/.best.new/part'), { recursive: true });
    await mkdir(folder.path('run/checkpoints/.best.old/part'), { recursive: true });
    for (const seed of [1, 2]) {
      const parameters = drawnParameters(smallConv, seed);
      await writeBestModel(run, smallRun(), layout, parameters);
      expect(await readdir(folder.path('run/checkpoints'))).to.deep.equal(['best']);
      const best = folder.path('run/checkpoints/best');
      expect(await readRunConfig(best)).to.deep.equal(smallRun());
      expect((await readWeights(best, layout)).parameters).to.deep.equal(parameters);
      await takeBestModel(run);
      expect((await readWeights(run, layout)).parameters).to.deep.equal(parameters);
    }
  });
});
