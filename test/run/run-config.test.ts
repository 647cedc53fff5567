import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { resolvePreset } from '../../lib/model/presets.js';
import { describeDifference, encodeRunConfig, readRunConfig, type RunConfig } from '../../lib/run/run-config.js';
import { smallVit } from '../model/small-models.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { smallRun } from './small-run.js';

const folder = temporaryFolder();
const write = async (name: string, text: string): Promise<string> => {
  await mkdir(folder.path(name), { recursive: true });
  await writeFile(folder.path(`${name}/config.json`), text);
  return folder.path(name);
};

describe('the configuration of a run', () => {
  const configs: readonly RunConfig[] = [
    smallRun(),
    smallRun({ threads: 3, duration: { unit: 'minutes', amount: 0.5 } }),
    smallRun({ preset: 'vit-tiny', duration: { unit: 'epochs', amount: 1.5 } }, smallVit),
  ];

  it('is read back as it was written', async () => {
    for (const config of configs) {
      expect(await readRunConfig(await write('kept', encodeRunConfig(config)))).to.deep.equal(config);
    }
  });

  it('is read where it was written before clips could be cropped or averages kept: as one that does neither', async () => {
    const { crop, colour, hue, repeat, score, ...rest } = smallRun();
    expect({ crop, colour, hue, repeat, score }).to.deep.equal({ crop: 1, colour: 0, hue: 0, repeat: 1, score: 1 });
    const { isBatchChosen, accumulate, schedule, minLearningRate, average, ...more } = rest;
    const one = { isBatchChosen, accumulate, schedule, minLearningRate, average };
    expect(Object.values(one)).to.deep.equal([false, 1, 'cosine', 0, 0]);
    const { validateEvery, patience, init, ...older } = more;
    expect([validateEvery, patience, init]).to.deep.equal([null, null, null]);
    const text = JSON.stringify({ lacuna: older });
    expect(await readRunConfig(await write('older', text))).to.deep.equal(smallRun());
  });

  it('is read where it was written before there were losses, targets and decoders: as what there was', async () => {
    for (const config of [smallRun(), smallRun({}, smallVit)]) {
      const { loss, layerDecay, model, ...rest } = config;
      expect({ loss, layerDecay }).to.deep.equal({ loss: 'mse', layerDecay: 1 });
      const chosen = new Set(['target', 'attention', 'decoder', 'dropPath']);
      const older = { ...rest, model: Object.fromEntries(Object.entries(model).filter(([name]) => !chosen.has(name))) };
      expect(await readRunConfig(await write('before', JSON.stringify({ lacuna: older })))).to.deep.equal(config);
    }
  });

  it('stands beside what other libraries read', () => {
    const parsed = JSON.parse(encodeRunConfig(smallRun({}, smallVit))) as Record<string, unknown>;
    expect(parsed).to.include({ model_type: 'videomae', image_size: 16, hidden_size: 12 });
  });

  it('is nothing where there is no file', async () => {
    expect(await readRunConfig(folder.path('absent'))).to.equal(undefined);
  });

  it('is refused where it is not of Lacuna, or damaged', async () => {
    const text = encodeRunConfig(smallRun());
    const wrong = [
      ...['', '{', 'null', '[]', '{}', '{"model_type": "videomae"}', text.slice(0, -9)],
      ...[text.replace('"version": 1', '"version": 2'), text.replace('"reconstruction"', '"guess"')],
      text.replace('"innerDepth": 1', '"innerDepth": 0'),
    ];
    for (const damaged of wrong) {
      expect(damaged).not.to.equal(text);
      const error = await rejectionOf(readRunConfig(await write('damaged', damaged)));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.includes(folder.path('damaged/config.json'));
    }
  });
});

describe('describeDifference', () => {
  it('is empty for a configuration that was written and read', async () => {
    const clip = { frames: 4, height: 16, width: 16, channels: 3 };
    for (const config of [smallRun({}, resolvePreset('conv-tiny', clip)), smallRun({}, smallVit)]) {
      const made = await readRunConfig(await write('same', encodeRunConfig(config)));
      if (made === undefined) throw new Error('it was not read');
      expect(describeDifference(made, config)).to.equal('');
    }
  });

  it('passes over where the dataset lies', () => {
    const { data } = smallRun();
    expect(describeDifference(smallRun(), smallRun({ data: { ...data, folder: '/moved' } }))).to.equal('');
  });

  it('passes over which batch was chosen', () => {
    const chosen = { isBatchChosen: true };
    expect(describeDifference(smallRun(chosen), smallRun({ ...chosen, batch: 64 }))).to.equal('');
  });

  const { data } = smallRun();
  const cases: readonly (readonly [Partial<RunConfig>, string])[] = [
    [{ seed: 3 }, 'seed is 0 there and 3 here'],
    [{ hide: ['future:2', 'gap:2'] }, 'hide is future:2 gap:1 there and future:2 gap:2 here'],
    [{ weights: [0.5, 0.5] }, 'weights is 0.75 0.25 there and 0.5 0.5 here'],
    [{ duration: { unit: 'minutes', amount: 4 } }, 'duration is 4 steps there and 4 minutes here'],
    [{ threads: 2 }, 'threads is null there and 2 here'],
    [{ flip: false, batch: 3 }, 'batch is 2 there and 3 here, flip is true there and false here'],
    [{ preset: 'conv-small' }, 'preset is conv-tiny there and conv-small here'],
    [{ accumulate: 4, average: 0.99 }, 'accumulate is 1 there and 4 here, average is 0 there and 0.99 here'],
    [{ isBatchChosen: true }, 'batch is 2 there and auto here'],
    [{ init: 'abd' }, 'it began with other weights'],
    [{ model: smallVit }, 'the network is another'],
    [{ data: { ...data, fingerprint: 'abd' } }, 'the dataset is another'],
    [{ data: { ...data, validation: 0.2 } }, 'validation is 0.1 there and 0.2 here'],
  ];
  for (const [changes, words] of cases) {
    it(`says: ${words}`, () => expect(describeDifference(smallRun(), smallRun(changes))).to.equal(words));
  }
});
