import { expect } from 'chai';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { encodeSafetensors } from '../../lib/formats/safetensors.js';
import { encodeRunConfig } from '../../lib/run/run-config.js';
import { writeCheckpoint } from '../../lib/run/checkpoint.js';
import { inspectRun } from '../../lib/run/inspect-run.js';
import { beginning } from '../../lib/run/position.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { makeDataset } from '../dataset/made-dataset.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { smallRun } from './small-run.js';

describe('inspectRun', () => {
  const folder = temporaryFolder();

  it('says what was asked for and how far it got', async () => {
    const data = await makeDataset(folder.path('data'), [3, 3]);
    const { fingerprint, close } = await openDataset(data);
    await close();
    const run = folder.path('run');
    await mkdir(run);
    const config = smallRun({ data: { ...smallRun().data, folder: data, fingerprint } });
    await writeFile(`${run}/config.json`, encodeRunConfig(config));
    expect(await inspectRun(run)).to.deep.include({ isFinished: false, steps: 0, losses: [], checkpointStep: 0 });

    const lines = Array.from({ length: 250 }, (_, index) => {
      const hide = index % 2 === 0 ? 'future:2' : 'gap:1';
      return JSON.stringify({ step: index + 1, hide, loss: index < 50 ? 9 : index % 2 });
    });
    await writeFile(`${run}/metrics.jsonl`, `${lines.join('\n')}\n{"step":25`);
    const values = new Float32Array(7);
    const best = { step: 200, loss: 0.25 };
    const validation = { ...beginning.validation, best };
    const position = { ...beginning, step: 240, elapsedSeconds: 12.5, loss: 1, isFinished: true, validation };
    await writeCheckpoint(run, { position, state: { parameters: values, moments1: values, moments2: values } });
    expect(await inspectRun(run))
      .to.include({ isFinished: false })
      .and.not.have.property('parameters');
    await writeFile(
      `${run}/model.safetensors`,
      Buffer.concat(encodeSafetensors([{ name: 'a', shape: [7], dtype: 'F32', data: values }], { format: 'pt' })),
    );
    const found = await inspectRun(run);
    expect(found).to.deep.include({
      kind: 'run',
      isFinished: true,
      ...{ preset: 'conv-tiny', family: 'conv', parameters: 7, hide: ['future:2', 'gap:1'], weights: [0.75, 0.25] },
      best,
      ...{ batch: 2, seed: 0, steps: 250, checkpointStep: 240, elapsedSeconds: 12.5 },
      losses: [
        { hide: 'future:2', step: 249, loss: 0, over: 100 },
        { hide: 'gap:1', step: 250, loss: 1, over: 100 },
      ],
      dataset: { folder: data, fingerprint, state: 'same' },
    });

    await writeFile(
      `${data}/clips.jsonl`,
      (await readFile(`${data}/clips.jsonl`, 'utf8')).replace('video-1', 'video-2'),
    );
    expect((await inspectRun(run))?.dataset.state).to.equal('changed');
    await rm(data, { recursive: true });
    expect((await inspectRun(run))?.dataset.state).to.equal('gone');
  });

  it('is finished where a model stands alone, as that of a classifier', async () => {
    const alone = folder.path('alone');
    await mkdir(alone);
    await writeFile(`${alone}/config.json`, encodeRunConfig(smallRun()));
    expect(await inspectRun(alone)).to.include({ isFinished: false });
    const data = new Float32Array(3);
    await writeFile(
      `${alone}/model.safetensors`,
      Buffer.concat(encodeSafetensors([{ name: 'a', shape: [3], dtype: 'F32', data }], { format: 'pt' })),
    );
    expect(await inspectRun(alone)).to.include({ isFinished: true, parameters: 3, checkpointStep: 0 });
  });

  it('is nothing where there is no run, and refuses a damaged log', async () => {
    await mkdir(folder.path('bare'));
    expect(await inspectRun(folder.path('bare'))).to.equal(undefined);
    await writeFile(folder.path('bare/config.json'), encodeRunConfig(smallRun()));
    await writeFile(folder.path('bare/metrics.jsonl'), '{"step":"one"}\n');
    expect(await rejectionOf(inspectRun(folder.path('bare'))))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/byte 0 of .*metrics\.jsonl is no step/);
  });
});
