import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { encodeRunConfig } from '../../lib/run/run-config.js';
import { readWeights, writeWeights } from '../../lib/run/weights.js';
import { readInitialModel } from '../../lib/training/initial-model.js';
import { drawnParameters, layoutOf, smallConv, smallVit } from '../model/small-models.js';
import { smallRun } from '../run/small-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('readInitialModel', () => {
  const folder = temporaryFolder();
  const run = () => folder.path('run');
  before(async () => {
    await mkdir(run());
    await writeFile(folder.path('run/config.json'), encodeRunConfig(smallRun()));
  });
  const refusalOf = async (of: string, model: Parameters<typeof readInitialModel>[1]) => {
    const error = await rejectionOf(readInitialModel(of, model));
    expect(error).to.be.instanceOf(LacunaError);
    return error as LacunaError;
  };

  it('refuses a folder without weights, or without a run', async () => {
    expect(await refusalOf(run(), smallConv)).to.include({ kind: 'input' });
    expect((await refusalOf(run(), smallConv)).message).to.include('has no weights');
    expect((await refusalOf(folder.path('nowhere'), smallConv)).message).to.include('nowhere is no model');
  });

  it('tells the weights from all others as opening them does', async () => {
    const layout = layoutOf(smallConv);
    await writeWeights(run(), layout, drawnParameters(smallConv, 1));
    const { fingerprint } = await readInitialModel(run(), smallConv);
    expect(fingerprint).to.equal((await readWeights(run(), layout)).fingerprint);
  });

  it('refuses a classifier, and says so', async () => {
    const model = { ...smallConv, classifier: { labels: ['cat', 'dog'], pooling: 'mean' as const } };
    await mkdir(folder.path('classifier'));
    await writeFile(folder.path('classifier/config.json'), encodeRunConfig({ ...smallRun(), model }));
    const { kind, message } = await refusalOf(folder.path('classifier'), smallConv);
    expect([kind, message]).to.deep.equal([
      'usage',
      `--init ${folder.path('classifier')} tells classes apart and fills nothing in; name the model that it was made from.`,
    ]);
  });

  it('refuses another network and says all that differs', async () => {
    const { kind, message } = await refusalOf(run(), { ...smallConv, width: 8, frames: 6 });
    expect(kind).to.equal('usage');
    expect(message).to.include('(frames is 4 there and 6 here, width is 6 there and 8 here)');
    expect((await refusalOf(run(), smallVit)).message).to.include('family is conv there and vit here');
  });
});
