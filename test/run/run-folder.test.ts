import { expect } from 'chai';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openFolderHold, withFolderHold } from '../../lib/dataset/hold.js';
import { preprocessorConfig } from '../../lib/model/transformers-config.js';
import { writeCheckpoint } from '../../lib/run/checkpoint.js';
import { beginning } from '../../lib/run/position.js';
import { readRunConfig, type RunConfig } from '../../lib/run/run-config.js';
import { openRunFolder } from '../../lib/run/run-folder.js';
import { folderContents } from '../dataset/folder-contents.js';
import { smallVit } from '../model/small-models.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { smallRun } from './small-run.js';

describe('openRunFolder', () => {
  const folder = temporaryFolder();
  const open = (run: string, config: RunConfig, overwrite: boolean) =>
    withFolderHold(run, (hold) => openRunFolder(run, config, overwrite, hold));
  const checkpoint = {
    position: { ...beginning, step: 3, elapsedSeconds: 1.5, loss: 0.25, logBytes: { 'metrics.jsonl': 10 } },
    state: { parameters: Float32Array.of(1), moments1: Float32Array.of(2), moments2: Float32Array.of(3) },
  };
  /** A run with a checkpoint, logs, and a file that a person put there. */
  const makeRun = async (name: string): Promise<string> => {
    const run = folder.path(name);
    await open(run, smallRun(), false);
    await writeCheckpoint(run, checkpoint);
    for (const file of ['model.safetensors', 'metrics.jsonl', 'timing.jsonl', 'report.html', 'notes.txt']) {
      await writeFile(folder.path(`${name}/${file}`), file);
    }
    await writeFile(folder.path(`${name}/events.out.tfevents.1.lacuna`), '');
    return run;
  };
  const refusalOf = async (run: string, changes: Parameters<typeof smallRun>[0] = {}, overwrite = false) => {
    const error = await rejectionOf(open(run, smallRun(changes), overwrite));
    expect(error).to.be.instanceOf(LacunaError);
    return error as LacunaError;
  };

  it('makes a new folder, in a folder that is not there yet, or in an empty one', async () => {
    await mkdir(folder.path('empty'));
    for (const name of ['new/run', 'empty']) {
      for (const config of [smallRun(), smallRun()]) {
        expect(await open(folder.path(name), config, false)).to.equal(undefined);
      }
      expect(await readdir(folder.path(name))).to.have.members(['config.json', 'preprocessor_config.json']);
      expect(await readRunConfig(folder.path(name))).to.deep.equal(smallRun());
    }
    const text = await readFile(folder.path('empty/preprocessor_config.json'), 'utf8');
    expect(JSON.parse(text)).to.deep.equal(preprocessorConfig(smallRun().model));
  });

  it('refuses a folder in which another run is at work', async () => {
    const run = await makeRun('held');
    const other = openFolderHold(run);
    await other.take();
    expect((await refusalOf(run)).message).to.match(/held is in use by another Lacuna/);
    await other.release();
    expect(await open(run, smallRun(), false)).not.to.equal(undefined);
  });

  it('makes a folder whose making was interrupted', async () => {
    await mkdir(folder.path('begun'));
    await writeFile(folder.path('begun/preprocessor_config.json'), '{');
    await writeFile(folder.path('begun/.config.json.new'), '{');
    expect(await open(folder.path('begun'), smallRun(), false)).to.equal(undefined);
    expect(await readRunConfig(folder.path('begun'))).to.deep.equal(smallRun());
  });

  it('goes on from the newest checkpoint of a run with the same options', async () => {
    const run = await makeRun('continued');
    const before = await folderContents(run);
    expect(await open(run, smallRun(), false)).to.deep.equal(checkpoint);
    expect(await folderContents(run)).to.deep.equal(before);
  });

  it('refuses a run with other options and says which', async () => {
    const run = await makeRun('refused');
    const before = await folderContents(run);
    const error = await refusalOf(run, { batch: 7 });
    expect(error.kind).to.equal('usage');
    expect(error.message).to.include(run).and.include('batch is 2 there and 7 here');
    expect(await folderContents(run)).to.deep.equal(before);
  });

  it('takes other options where nothing was learned yet, but never removes weights', async () => {
    const run = folder.path('mended');
    await open(run, smallRun({ device: 'cuda' }), false);
    expect(await open(run, smallRun({ batch: 7 }), false)).to.equal(undefined);
    expect(await readRunConfig(run)).to.deep.equal(smallRun({ batch: 7 }));
    await writeFile(folder.path('mended/model.safetensors'), 'weights');
    expect((await refusalOf(run)).message).to.include('batch is 7 there and 2 here');
    expect(await readFile(folder.path('mended/model.safetensors'), 'utf8')).to.equal('weights');
  });

  it('replaces a run on demand, and nothing else', async () => {
    const run = await makeRun('replaced');
    for (const config of [smallRun({ batch: 7 }), smallRun({}, smallVit)]) {
      expect(await open(run, config, true)).to.equal(undefined);
      expect(await readdir(run)).to.have.members(['config.json', 'preprocessor_config.json', 'notes.txt']);
      expect(await readRunConfig(run)).to.deep.equal(config);
    }
    expect(await readFile(folder.path('replaced/notes.txt'), 'utf8')).to.equal('notes.txt');
  });

  it('can go on where it was interrupted while it replaced a run', async () => {
    const run = await makeRun('interrupted');
    // A folder in the place of the file that is written first.
    await mkdir(folder.path('interrupted/.preprocessor_config.json.new'));
    expect(await rejectionOf(open(run, smallRun({ batch: 7 }), true))).to.have.property('code', 'EISDIR');
    await rm(folder.path('interrupted/.preprocessor_config.json.new'), { recursive: true });
    expect(await readdir(run)).to.have.members(['config.json', 'notes.txt']);
    expect(await open(run, smallRun({ batch: 7 }), true)).to.equal(undefined);
    expect(await readRunConfig(run)).to.deep.equal(smallRun({ batch: 7 }));
  });

  it('refuses a folder of other files, even to overwrite it', async () => {
    for (const [name, file] of [
      ['thesis', 'chapter.txt'],
      ['download', 'model.safetensors'],
      ['other', 'config.json'],
    ] as const) {
      await mkdir(folder.path(name));
      await writeFile(folder.path(`${name}/${file}`), '{"model_type": "bert"}');
      for (const overwrite of [false, true]) {
        expect((await refusalOf(folder.path(name), {}, overwrite)).message).to.include(folder.path(name));
      }
      expect(await readdir(folder.path(name))).to.deep.equal([file]);
    }
  });

  it('refuses a file in the place of the folder', async () => {
    await writeFile(folder.path('file'), '');
    expect((await refusalOf(folder.path('file'))).message).to.include('cannot be used as the run folder');
  });
});
