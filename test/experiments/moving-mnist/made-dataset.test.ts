// Tests that training clips are a function of the seed and the row, and that clips have the channels of their world.
import { expect } from 'chai';
import { clipLength } from '../../../dist/clip/clip.js';
import { splitByVideo } from '../../../dist/dataset/split.js';
import { digitLength } from './digits.js';
import { worlds } from './draw-clip.js';
import { createMadeDataset } from './made-dataset.js';

const digits = Uint8Array.from({ length: 4 * digitLength }, (_, index) => (index * 37) % 256);

describe('the made dataset', () => {
  const grey = (seed: number) => createMadeDataset('grey', worlds['two digits'], digits, { seed, purpose: 'train' });

  it('gives the same clip for a row wherever it is asked for', async () => {
    const dataset = grey(0);
    const length = clipLength(dataset.shape);
    const [two, one] = [new Uint8Array(2 * length), new Uint8Array(length)];
    await dataset.readClips([5, 300_000], two);
    await dataset.readClips(Int32Array.of(300_000), one);
    expect(two.subarray(length)).to.deep.equal(one);
    expect(two.subarray(0, length)).not.to.deep.equal(one);
    await grey(1).readClips([300_000], two.subarray(0, length));
    expect(two.subarray(0, length)).not.to.deep.equal(one);
  });

  it('is for training in full, and told from others', () => {
    const dataset = grey(0);
    expect(splitByVideo(dataset, { validation: 0, seed: 0 }).train.length).to.equal(dataset.clips.length);
    const colour = createMadeDataset('c', worlds['three coloured digits'], digits, { seed: 0, purpose: 'train' });
    const prints = [dataset, grey(1), colour].map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).to.equal(3);
    expect([dataset, colour].map(({ shape }) => shape.channels)).to.deep.equal([1, 3]);
    expect(grey(0).fingerprint).to.equal(dataset.fingerprint);
  });
});
