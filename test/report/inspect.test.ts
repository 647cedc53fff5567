import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { inspect } from '../../lib/report/inspect.js';
import { encodeRunConfig } from '../../lib/run/run-config.js';
import { makeDataset } from '../dataset/made-dataset.js';
import { smallRun } from '../run/small-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('inspect', () => {
  const folder = temporaryFolder();

  it('tells a dataset from a run, and both from anything else', async () => {
    expect(await inspect(await makeDataset(folder.path('data'), [2]))).to.include({ kind: 'dataset', clips: 2 });
    await mkdir(folder.path('run'));
    await writeFile(folder.path('run/config.json'), encodeRunConfig(smallRun()));
    expect(await inspect(folder.path('run'))).to.include({ kind: 'run', preset: 'conv-tiny' });
    for (const [name, sentence] of [
      ['.', /is neither a dataset nor a run/],
      ['gone', /gone does not exist/],
      ['run/config.json', /config\.json does not exist or is no folder/],
    ] as const) {
      const error = await rejectionOf(inspect(folder.path(name)));
      expect(error).to.be.instanceOf(LacunaError).with.property('message').that.matches(sentence);
    }
  });
});
