import { expect } from 'chai';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { inspectDataset } from '../../lib/dataset/inspect-dataset.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { madeClipBytes, makeDataset, madeOptions } from './made-dataset.js';

describe('inspectDataset', () => {
  const folder = temporaryFolder();

  it('counts what is there', async () => {
    const path = await makeDataset(folder.path('data'), [2, 0, 5, 1, 0]);
    const dataset = await openDataset(path);
    await dataset.close();
    const { bytes, fingerprint, ...counts } = await inspectDataset(path);
    expect(counts).to.deep.equal({
      kind: 'dataset',
      folder: path,
      isFinished: true,
      videos: 3,
      clips: 8,
      clipsPerVideo: { least: 1, median: 2, most: 5 },
      seconds: (8 * 4) / 12,
      shape: [4, 8, 8, 3],
      options: madeOptions,
      shards: 3,
      classes: [],
      groups: 0,
      splits: [],
      failures: 2,
      failuresByReason: [{ reason: 'too-short', failures: 2 }],
      ffmpeg: ['7.0'],
      damage: [],
    });
    expect(fingerprint).to.equal(dataset.fingerprint);
    expect(bytes).to.be.within(8 * madeClipBytes + 3 * 128, 8 * madeClipBytes + 4096);
  });

  it('counts seconds that clips share once', async () => {
    const options = { ...madeOptions, stride: 2, hop: 3 };
    // A clip reaches over 7 frames; three of them, 3 apart, over 13.
    expect(await inspectDataset(await makeDataset(folder.path('shared'), [3, 1], options))).to.include({
      seconds: (13 + 7) / 12,
    });
    const apart = { ...madeOptions, hop: 100 };
    expect(await inspectDataset(await makeDataset(folder.path('apart'), [3], apart))).to.include({ seconds: 12 / 12 });
  });

  it('counts classes, groups and splits where clips have them', async () => {
    const path = await makeDataset(folder.path('labelled'), [2, 1, 3]);
    const file = `${path}/clips.jsonl`;
    const labels = [
      ...['"label":"cat","group":"a","split":"train"', '"label":"cat","group":"a","split":"train"'],
      ...['"label":"dog","group":"a","split":"test"', '"label":"dog"', '"label":"cat"', '"label":"dog","group":"b"'],
    ];
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    await writeFile(file, lines.map((line, row) => `${line.slice(0, -1)},${labels[row] ?? ''}}\n`).join(''));
    const { classes, groups, splits } = await inspectDataset(path);
    expect(classes).to.deep.equal([
      { name: 'cat', videos: 2, clips: 3 },
      { name: 'dog', videos: 2, clips: 3 },
    ]);
    expect(groups).to.equal(2);
    expect(splits).to.deep.equal([
      { name: 'train', videos: 1, clips: 2 },
      { name: 'test', videos: 1, clips: 1 },
    ]);
  });

  it('looks into an unfinished one as far as it is kept', async () => {
    const path = await makeDataset(folder.path('begun'), [2, 0, 3]);
    const line = (await readFile(`${path}/clips.jsonl`, 'utf8')).indexOf('\n') + 1;
    const kept = { clips: 1, clipsBytes: line, failuresBytes: 0 };
    await writeFile(`${path}/unfinished.json`, `${JSON.stringify(kept)}\n`);
    const found = await inspectDataset(path);
    expect(found)
      .to.include({ isFinished: false, clips: 1, videos: 1, failures: 0 })
      .and.not.have.property('fingerprint');
  });

  it('lists shards that are damaged, and refuses damaged lists', async () => {
    const path = await makeDataset(folder.path('damaged'), [9]);
    await truncate(`${path}/shards/00001.npy`, 500);
    await rm(`${path}/shards/00002.npy`);
    const { damage, clips } = await inspectDataset(path);
    expect(clips).to.equal(9);
    expect(damage).to.have.length(2);
    expect(damage[0]).to.match(/00001\.npy holds fewer clips/);
    expect(damage[1]).to.match(/00002\.npy cannot be read/);
    await writeFile(`${path}/clips.jsonl`, '{"video":"x"}\n');
    expect(await rejectionOf(inspectDataset(path)))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/byte 0 of .*clips\.jsonl is no clip/);
    expect(await rejectionOf(inspectDataset(folder.path('.'))))
      .to.have.property('message')
      .that.includes('not a dataset folder');
  });
});
