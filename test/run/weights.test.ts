import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { decodeSafetensors } from '../../lib/formats/safetensors.js';
import { readWeights, writeWeights } from '../../lib/run/weights.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

const specs = [
  { name: 'norm.bias', shape: [3], decay: false },
  { name: 'head.weight', shape: [2, 3], decay: true },
];
const layout = layOutParameters(specs);

describe('weights', () => {
  const folder = temporaryFolder();
  const parameters = Float32Array.from({ length: 9 }, (_, index) => index / 7);
  const refusalOf = async (name: string, other = layout) => {
    const error = await rejectionOf(readWeights(folder.path(name), other));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    return (error as LacunaError).message;
  };

  before(async () => {
    await mkdir(folder.path('run'));
    await writeWeights(folder.path('run'), layout, parameters);
  });

  it('are read back bit for bit, with what tells the file from others', async () => {
    const bytes = await readFile(folder.path('run/model.safetensors'));
    const fingerprint = createHash('sha256').update(bytes).digest('hex');
    expect(await readWeights(folder.path('run'), layout)).to.deep.equal({ parameters, fingerprint });
  });

  it('stand in the file by their names and shapes, as other libraries read them', async () => {
    const { tensors, metadata } = decodeSafetensors(await readFile(folder.path('run/model.safetensors')));
    expect(Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]))).to.deep.equal({
      ...{ 'head.weight': [2, 3], 'norm.bias': [3] },
    });
    expect(tensors.get('norm.bias')?.data).to.deep.equal(parameters.subarray(6));
    expect(metadata).to.deep.equal({ format: 'pt' });
    expect(await readdir(folder.path('run'))).to.deep.equal(['model.safetensors']);
  });

  it('are found by name, whatever their order', async () => {
    const turned = layOutParameters(specs.map((spec) => ({ ...spec, decay: !spec.decay })));
    const { parameters: read } = await readWeights(folder.path('run'), turned);
    expect(read).to.deep.equal(Float32Array.of(...parameters.subarray(6), ...parameters.subarray(0, 6)));
  });

  it('are refused where one is missing or of another shape', async () => {
    const more = layOutParameters([...specs, { name: 'head.bias', shape: [2], decay: false }]);
    expect(await refusalOf('run', more)).to.include('it has no head.bias');
    const turned = layOutParameters([{ name: 'head.weight', shape: [3, 2], decay: true }]);
    expect(await refusalOf('run', turned)).to.include('its head.weight has the shape [2, 3] and not [3, 2]');
  });

  it('are refused where there is no file, or a damaged one', async () => {
    expect(await refusalOf('absent'))
      .to.include(folder.path('absent'))
      .and.include('train it with pretrain');
    await mkdir(folder.path('cut'));
    const bytes = await readFile(folder.path('run/model.safetensors'));
    for (const length of [0, 40, bytes.length - 1]) {
      await writeFile(folder.path('cut/model.safetensors'), bytes.subarray(0, length));
      expect(await refusalOf('cut')).to.include(folder.path('cut/model.safetensors'));
    }
  });
});
