import { expect } from 'chai';
import fc from 'fast-check';
import { splitByVideo } from '../../lib/dataset/split.js';

const shape = { frames: 4, height: 8, width: 8, channels: 3 };

/** Videos with so many clips each, listed in turn. */
function listed(clipsOfVideos: readonly number[], hop = 4) {
  const clips = clipsOfVideos.flatMap((count, video) =>
    Array.from({ length: count }, (_, clip) => ({
      video: `${video}`,
      startSeconds: (clip * hop) / 12,
      shard: 'shards/00000.npy',
      row: 0,
    })),
  );
  return { clips, shape, fps: 12, stride: 1 };
}

describe('splitByVideo', () => {
  it('puts each clip on one side, each video on one side, both sides filled, by the seed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 30 }),
        fc.double({ min: 0.01, max: 0.95, noNaN: true }),
        fc.nat(),
        (counts, validation, seed) => {
          const dataset = listed(counts);
          const split = splitByVideo(dataset, { validation, seed });
          const both = [...split.train, ...split.validation].sort((left, right) => left - right);
          expect(both).to.deep.equal([...dataset.clips.keys()]);
          const videosOf = (rows: Int32Array) => new Set(Array.from(rows, (row) => dataset.clips[row]?.video));
          expect([...videosOf(split.train)].filter((video) => videosOf(split.validation).has(video))).to.deep.equal([]);
          expect(Math.min(split.train.length, split.validation.length)).to.be.at.least(1);
          expect([...split.train]).to.deep.equal([...split.train].sort((left, right) => left - right));
          expect(splitByVideo(dataset, { validation, seed })).to.deep.equal(split);
        },
      ),
    );
  });

  it('comes near to the part that was asked for', () => {
    const dataset = listed(Array.from({ length: 100 }, (_, video) => 1 + (video % 7)));
    for (const validation of [0.05, 0.1, 0.5]) {
      const { validation: rows } = splitByVideo(dataset, { validation, seed: 3 });
      expect(rows.length / dataset.clips.length).to.be.closeTo(validation, 0.01);
    }
  });

  it('draws other videos for another seed', () => {
    const dataset = listed(Array(50).fill(2));
    const drawn = [1, 2].map((seed) => splitByVideo(dataset, { validation: 0.2, seed }).validation.join());
    expect(drawn[0]).not.to.equal(drawn[1]);
  });

  it('gives all to training where none is asked for validation', () => {
    const { train, validation } = splitByVideo(listed([2, 3]), { validation: 0, seed: 1 });
    expect([train.length, validation.length]).to.deep.equal([5, 0]);
  });

  it('takes the end of an only video, and leaves out what overlaps it', () => {
    const apart = splitByVideo(listed([10]), { validation: 0.3, seed: 1 });
    expect([[...apart.train], [...apart.validation]]).to.deep.equal([
      [0, 1, 2, 3, 4, 5, 6],
      [7, 8, 9],
    ]);
    const overlapping = splitByVideo(listed([10], 1), { validation: 0.3, seed: 1 });
    expect([[...overlapping.train], [...overlapping.validation]]).to.deep.equal([
      [0, 1, 2, 3],
      [7, 8, 9],
    ]);
  });

  it('keeps an only clip for training', () => {
    const { train, validation } = splitByVideo(listed([1]), { validation: 0.5, seed: 1 });
    expect([train.length, validation.length]).to.deep.equal([1, 0]);
  });

  it('refuses parts that are none', () => {
    for (const validation of [-0.1, 1, NaN]) {
      expect(() => splitByVideo(listed([2, 3]), { validation, seed: 1 })).to.throw(RangeError);
    }
  });
});
