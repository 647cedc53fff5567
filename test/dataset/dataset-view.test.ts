import { expect } from 'chai';
import { viewDataset } from '../../lib/dataset/dataset-view.js';
import type { Dataset } from '../../lib/dataset/open-dataset.js';

const shape = { frames: 1, height: 1, width: 1, channels: 3 };
let closed = 0;
const dataset: Dataset = {
  ...{ folder: '/data', shape, fps: 12, stride: 1, fit: 'cover', fingerprint: 'abc' },
  clips: ['a', 'b', 'c', 'd'].map((video, row) => ({
    video,
    startSeconds: 0,
    shard: 's',
    row,
    split: 'test' as const,
  })),
  readClips: (rows, into) => {
    for (const [place, row] of [...rows].entries()) into.fill(row + 1, place * 3, place * 3 + 3);
    return Promise.resolve();
  },
  close: () => {
    closed += 1;
    return Promise.resolve();
  },
};

describe('dataset-view', () => {
  const view = viewDataset(dataset, { validation: Int32Array.of(1), train: Int32Array.of(3, 0) });

  it('has the clips of the rows alone, for what they are listed under', () => {
    expect(view.clips.map(({ video, split }) => [video, split])).to.deep.equal([
      ['d', 'train'],
      ['a', 'train'],
      ['b', 'validation'],
    ]);
  });

  it('reads them out of the whole', async () => {
    const pixels = new Uint8Array(6);
    await view.readClips([2, 0], pixels);
    expect([...pixels]).to.deep.equal([2, 2, 2, 4, 4, 4]);
  });

  it('has a fingerprint that follows from the rows and what they are for', () => {
    const other = (rows: Parameters<typeof viewDataset>[1]) => viewDataset(dataset, rows).fingerprint;
    expect(other({ validation: Int32Array.of(1), train: Int32Array.of(3, 0) })).to.equal(view.fingerprint);
    expect(other({ validation: Int32Array.of(2), train: Int32Array.of(3, 0) })).not.to.equal(view.fingerprint);
    expect(other({ test: Int32Array.of(1), train: Int32Array.of(3, 0) })).not.to.equal(view.fingerprint);
  });

  it('leaves the dataset open, and refuses rows that are none', async () => {
    await view.close();
    expect(closed).to.equal(0);
    expect(() => viewDataset(dataset, { train: Int32Array.of(4) })).to.throw(RangeError, /below 4/);
  });
});
