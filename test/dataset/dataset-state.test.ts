import { expect } from 'chai';
import { appendFile, mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { clearDataset, inspectFolder, isAbsent, readDatasetState, writeKept } from '../../lib/dataset/dataset-state.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { makeDataset } from './made-dataset.js';

describe('dataset state', () => {
  const folder = temporaryFolder();

  it('tells an absent, an empty, a foreign folder and a dataset apart', async () => {
    await mkdir(folder.path('empty'));
    await mkdir(folder.path('foreign'));
    await writeFile(folder.path('foreign/thesis.txt'), '');
    await mkdir(folder.path('begun'));
    await writeKept(folder.path('begun'), { clips: 0, clipsBytes: 0, failuresBytes: 0 });
    await makeDataset(folder.path('made'), [1]);
    const kinds = ['absent', 'empty', 'foreign', 'begun', 'made'].map((name) => inspectFolder(folder.path(name)));
    expect(await Promise.all(kinds)).to.deep.equal(['absent', 'empty', 'foreign', 'dataset', 'dataset']);
    expect(await rejectionOf(inspectFolder(folder.path('foreign/thesis.txt')))).to.be.instanceOf(LacunaError);
  });

  it('reads what a finished folder holds', async () => {
    const state = await readDatasetState(await makeDataset(folder.path('read'), [2, 0, 1]));
    expect(state.kept.clips).to.equal(3);
    expect([...state.videos].sort()).to.deep.equal(['video-0.mp4', 'video-1.mp4', 'video-2.mp4']);
    expect(state).to.include({ videosWithClips: 2, isFinished: true });
    expect(state.failures).to.deep.equal([{ video: 'video-1.mp4', reason: 'too-short', detail: 'no frames' }]);
    expect(await readDatasetState(folder.path('absent'))).to.deep.include({ failures: [], videosWithClips: 0 });
  });

  it('reads no further than what was kept', async () => {
    const made = await makeDataset(folder.path('kept'), [2, 1]);
    const { kept } = await readDatasetState(made);
    await writeKept(made, kept);
    await appendFile(folder.path('kept/clips.jsonl'), '{"video": "half a li');
    expect(await readDatasetState(made)).to.deep.include({ kept, isFinished: false, videosWithClips: 2 });
  });

  it('names lists that lost what was kept', async () => {
    const made = await makeDataset(folder.path('lost'), [2, 1]);
    const { kept } = await readDatasetState(made);
    await truncate(folder.path('lost/clips.jsonl'), kept.clipsBytes - 5);
    expect(await rejectionOf(readDatasetState(made)))
      .to.have.property('message')
      .that.includes('clips.jsonl is cut short');
    await writeKept(made, kept);
    expect(await rejectionOf(readDatasetState(made)))
      .to.have.property('message')
      .that.includes('clips.jsonl is cut short');
    await writeFile(folder.path('lost/unfinished.json'), '{}');
    expect(await rejectionOf(readDatasetState(made))).to.be.instanceOf(LacunaError);
  });

  it('clears what Lacuna made and nothing else', async () => {
    const made = await makeDataset(folder.path('clear'), [4, 0]);
    await writeFile(folder.path('clear/notes.txt'), '');
    await writeFile(folder.path('clear/shards/mine.npy'), '');
    await clearDataset(made);
    expect((await readdir(made, { recursive: true })).sort()).to.deep.equal([
      ...['notes.txt', 'shards', 'shards/mine.npy', 'unfinished.json'],
    ]);
    expect(await readDatasetState(made)).to.deep.include({ kept: { clips: 0, clipsBytes: 0, failuresBytes: 0 } });
  });

  it('knows the error of a missing file', () => {
    expect(isAbsent(Object.assign(new Error(), { code: 'ENOENT' }))).to.equal(true);
    expect([new Error(), Object.assign(new Error(), { code: 'EACCES' }), undefined].some(isAbsent)).to.equal(false);
  });
});
