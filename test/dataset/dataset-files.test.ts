import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import {
  clipShapeOf,
  describeDataset,
  parseClipRecords,
  parseFailureRecords,
  readDescription,
  shardName,
  shardPattern,
} from '../../lib/dataset/dataset-files.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { madeOptions } from './made-dataset.js';

describe('dataset files', () => {
  const folder = temporaryFolder();

  it('names shards so that they sort, and knows its names', () => {
    expect([0, 12, 123_456].map(shardName)).to.deep.equal([
      'shards/00000.npy',
      'shards/00012.npy',
      'shards/123456.npy',
    ]);
    expect(shardName(7)).to.match(shardPattern);
    for (const other of ['shards/1.npy', 'shards/../00000.npy', '/shards/00000.npy', 'shards/00000.npy.new']) {
      expect(other).not.to.match(shardPattern);
    }
  });

  it('reads the description that it writes', async () => {
    await mkdir(folder.path('good'));
    const description = describeDataset(madeOptions, ['7.0']);
    await writeFile(folder.path('good/dataset.json'), JSON.stringify(description));
    expect(await readDescription(folder.path('good'))).to.deep.equal(description);
    expect(description.shape).to.deep.equal(Object.values(clipShapeOf(madeOptions)));
    expect(await readDescription(folder.path('absent'))).to.equal(undefined);
  });

  it('names a description that is none', async () => {
    await mkdir(folder.path('bad'));
    for (const text of ['{', '{}', '{"format":"other","version":1}', 'null']) {
      await writeFile(folder.path('bad/dataset.json'), text);
      const error = await rejectionOf(readDescription(folder.path('bad')));
      expect(error).to.be.instanceOf(LacunaError).with.property('message').that.includes('bad/dataset.json');
    }
  });

  it('names the line that is no record', () => {
    const clip = { video: 'a', startSeconds: 0, shard: 'shards/00000.npy', row: 0 };
    expect(parseClipRecords([clip], 'x')).to.deep.equal([clip]);
    for (const wrong of [{ ...clip, row: -1 }, { ...clip, shard: '../secret' }, 7]) {
      expect(() => parseClipRecords([clip, wrong], 'x.jsonl')).to.throw(LacunaError, 'Line 2 of x.jsonl');
    }
    expect(() => parseFailureRecords([{ video: 'a', reason: 'tired', detail: '' }], 'y')).to.throw('Line 1 of y');
  });
});
