import { expect } from 'chai';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import type { ModelConfig } from '../../lib/model/model-config.js';
import { loadModel } from '../../lib/run/load-model.js';
import { encodeRunConfig } from '../../lib/run/run-config.js';
import { readWeights, writeWeights } from '../../lib/run/weights.js';
import { expectClose } from '../model/expect-close.js';
import { drawnParameters, layoutOf, noisePixels, smallConv, smallVit } from '../model/small-models.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { smallRun } from './small-run.js';

describe('loadModel', () => {
  const folder = temporaryFolder();
  const makeRun = async (name: string, model: ModelConfig): Promise<string> => {
    await mkdir(folder.path(name));
    await writeFile(folder.path(`${name}/config.json`), encodeRunConfig(smallRun({}, model)));
    await writeWeights(folder.path(name), layoutOf(model), drawnParameters(model, 3));
    return folder.path(name);
  };
  const refusalOf = async (name: string) => {
    const error = await rejectionOf(loadModel(folder.path(name), { threads: 1 }));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    return (error as LacunaError).message;
  };

  it('gives a model with the weights of the run, on each engine', async () => {
    const run = await makeRun('vit', smallVit);
    const pixels = noisePixels(smallVit, 1, 2);
    const representations: Float32Array[] = [];
    for (const engine of ['onnx', 'reference'] as const) {
      const { compute, ...rest } = await loadModel(run, { engine, threads: 1 });
      const { fingerprint } = await readWeights(run, layoutOf(smallVit));
      expect(rest).to.deep.equal({ folder: run, config: smallRun({}, smallVit), fingerprint });
      expect((await compute.call('readState', undefined)).parameters).to.deep.equal(drawnParameters(smallVit, 3));
      representations.push(await compute.call('embed', { pixels, clips: 1, batch: 1 }));
      await compute.close();
    }
    const [own = [], expected = []] = representations;
    expectClose(own, expected, 1e-5);
  });

  it('says what is wrong with a folder that is no run', async () => {
    expect(await refusalOf('absent')).to.match(/absent does not exist; name a folder that pretrain made/);
    await mkdir(folder.path('empty'));
    expect(await refusalOf('empty')).to.match(/empty is no model: it has no config\.json/);
    await makeRun('foreign', smallConv);
    await writeFile(folder.path('foreign/config.json'), '{"model_type": "bert"}');
    expect(await refusalOf('foreign')).to.include(folder.path('foreign/config.json'));
  });

  it('says what is wrong with the weights', async () => {
    await rm(`${await makeRun('none', smallConv)}/model.safetensors`);
    expect(await refusalOf('none')).to.match(/none has no weights .*train it with pretrain first/);
    await makeRun('wide', smallConv);
    const wide = { ...smallConv, width: 8 };
    await writeWeights(folder.path('wide'), layoutOf(wide), drawnParameters(wide, 3));
    expect(await refusalOf('wide')).to.match(/has the shape \[[\d, ]+\] and not \[[\d, ]+\]/);
  });
});
