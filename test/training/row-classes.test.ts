import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { classesOfRows } from '../../lib/training/row-classes.js';

const classifier = { labels: ['car', 'cat'], pooling: 'mean' } as const;
const clip = (label?: string) => ({ video: 'a.mp4', startSeconds: 0, shard: '0', row: 0, ...(label && { label }) });
const clips = [clip('cat'), clip('car'), clip('dog'), clip()];

describe('row-classes', () => {
  it('finds the place of each label', () => {
    expect(classesOfRows({ classifier }, { clips }, [1, 0, 0])).to.deep.equal(Int32Array.of(0, 1, 1));
    expect(classesOfRows({ classifier }, { clips }, Int32Array.of(0))).to.deep.equal(Int32Array.of(1));
  });

  it('is nothing where the network tells none apart', () => {
    expect(classesOfRows({}, { clips }, [0])).to.equal(undefined);
  });

  it('names the video and the label that is none of the classes', () => {
    for (const [row, word] of [
      [2, 'dog'],
      [3, 'no label'],
    ] as const) {
      expect(() => classesOfRows({ classifier }, { clips }, [row]))
        .to.throw(LacunaError, /a\.mp4/)
        .with.property('message')
        .that.includes(word);
    }
  });
});
