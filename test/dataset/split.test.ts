import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createRandom } from '../../lib/clip/random.js';
import type { ClipRecord } from '../../lib/dataset/dataset-files.js';
import { groupKey } from '../../lib/dataset/group-key.js';
import { checkGroupsApart, splitByVideo } from '../../lib/dataset/split.js';

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

/** Adds to each clip what `know` says of it. */
function known<Given extends { readonly clips: readonly ClipRecord[] }>(
  dataset: Given,
  know: (video: number, clip: ClipRecord, row: number) => Partial<ClipRecord>,
): Omit<Given, 'clips'> & { readonly clips: readonly ClipRecord[] } {
  return { ...dataset, clips: dataset.clips.map((clip, row) => ({ ...clip, ...know(Number(clip.video), clip, row) })) };
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

  it('gives a dataset without groups the rows that it has always given it', () => {
    const dataset = listed([3, 1, 4, 1, 5, 9, 2, 6]);
    const rows = [0, 1, 2].map((seed) => [...splitByVideo(dataset, { validation: 0.2, seed }).validation]);
    expect(rows).to.deep.equal([
      [3, 14, 15, 16, 17, 18, 19, 20, 21, 22],
      [3, 4, 5, 6, 7, 8],
      [4, 5, 6, 7, 23, 24],
    ]);
    // Of 200 drawn datasets, as computed before there were groups.
    const random = createRandom(7, 'golden');
    const hash = createHash('sha256');
    for (let seed = 0; seed < 200; seed++) {
      const counts = Array.from({ length: 1 + random.integer(20) }, () => 1 + random.integer(9));
      const drawn = listed(counts, 1 + random.integer(5));
      const { train, validation } = splitByVideo(drawn, { validation: random.integer(96) / 100, seed });
      hash.update(JSON.stringify([[...train], [...validation]]));
    }
    expect(hash.digest('hex')).to.equal('ae8100e32cdd23fd395dc3f59993366f4d5bd6e1e89f5ee416b55c7d54c86f41');
  });
});

describe('splitByVideo with groups and splits', () => {
  const rowsOf = ({ train, validation }: ReturnType<typeof splitByVideo>) => [[...train], [...validation]];

  it('keeps each group and each video on one side, with both sides filled, by the seed', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ clips: fc.integer({ min: 1, max: 6 }), group: fc.option(fc.nat(5), { nil: undefined }) }),
          {
            minLength: 2,
            maxLength: 20,
          },
        ),
        fc.double({ min: 0.01, max: 0.95, noNaN: true }),
        fc.nat(),
        (videos, validation, seed) => {
          const groups = videos.map(({ group }) => (group === undefined ? {} : { group: `${group}` }));
          const dataset = known(listed(videos.map(({ clips }) => clips)), (video) => groups[video] ?? {});
          fc.pre(new Set(dataset.clips.map(groupKey)).size > 1);
          const split = splitByVideo(dataset, { validation, seed });
          const all = [...split.train, ...split.validation].sort((left, right) => left - right);
          expect(all).to.deep.equal([...dataset.clips.keys()]);
          for (const keyOf of [groupKey, ({ video }: ClipRecord) => video]) {
            const keys = (rows: Int32Array) => new Set(Array.from(rows, (row) => keyOf(dataset.clips[row] ?? fail())));
            expect([...keys(split.train)].filter((key) => keys(split.validation).has(key))).to.deep.equal([]);
          }
          expect(Math.min(split.train.length, split.validation.length)).to.be.at.least(1);
          expect(splitByVideo(dataset, { validation, seed })).to.deep.equal(split);
        },
      ),
    );
  });

  it('splits the same whatever the groups are called, and as videos where each is of one group', () => {
    const dataset = listed([3, 1, 4, 1, 5, 9, 2, 6]);
    const plain = splitByVideo(dataset, { validation: 0.2, seed: 1 });
    const named = known(dataset, (video) => ({ group: `scene ${9 - video}` }));
    expect(splitByVideo(named, { validation: 0.2, seed: 1 })).to.deep.equal(plain);
  });

  it('gives each clip the side that its split says, and clips for testing none', () => {
    const sides = ['train', 'validation', 'test', undefined] as const;
    fc.assert(
      fc.property(
        fc.array(fc.record({ clips: fc.integer({ min: 1, max: 6 }), side: fc.constantFrom(...sides) }), {
          minLength: 2,
          maxLength: 20,
        }),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
        fc.nat(),
        (videos, validation, seed) => {
          const dataset = known(listed(videos.map(({ clips }) => clips)), (video) => {
            const side = videos[video]?.side;
            return side ? { split: side } : {};
          });
          const has = (side: (typeof sides)[number]) => videos.some((video) => video.side === side);
          fc.pre(has('train') || has(undefined));
          const { train, validation: validated } = splitByVideo(dataset, { validation, seed });
          const splitsOf = (rows: Int32Array) => new Set(Array.from(rows, (row) => dataset.clips[row]?.split));
          expect(splitsOf(train).has('test') || splitsOf(validated).has('test')).to.equal(false);
          expect(splitsOf(train).has('validation')).to.equal(false);
          // Where the records say what to validate on, it is that and nothing else.
          if (has('validation')) expect([...splitsOf(validated)]).to.deep.equal(['validation']);
          // Where enough is left to draw from, all that is for training is trained on.
          if (videos.filter(({ side }) => side === undefined).length > 1) {
            expect(splitsOf(validated).has('train')).to.equal(false);
          }
          const usable = dataset.clips.filter(({ split }) => split !== 'test').length;
          expect(train.length + validated.length).to.equal(usable);
        },
      ),
    );
  });

  it('draws validation from what is for training where nothing else is left', () => {
    const dataset = known(listed([2, 2, 2, 2]), (video) => ({ split: video === 0 ? 'test' : 'train' }));
    const { train, validation } = splitByVideo(dataset, { validation: 0.3, seed: 1 });
    expect([train.length, validation.length]).to.deep.equal([4, 2]);
    expect([...train, ...validation].every((row) => row >= 2)).to.equal(true);
    const none = splitByVideo(dataset, { validation: 0, seed: 1 });
    expect(rowsOf(none)).to.deep.equal([[2, 3, 4, 5, 6, 7], []]);
  });

  it('validates on what is said even where no part is asked for', () => {
    const dataset = known(listed([2, 2]), (video) => (video === 1 ? { split: 'validation' } : {}));
    for (const validation of [0, 0.9]) {
      expect(rowsOf(splitByVideo(dataset, { validation, seed: 1 }))).to.deep.equal([
        [0, 1],
        [2, 3],
      ]);
    }
  });

  it('leaves clips of which nothing is said out of both sides beside a clip for testing, and gives others their side', () => {
    const splits = ['train', undefined, 'test', undefined] as const;
    const dataset = known(listed([4, 3, 3]), (video, _clip, row) => {
      const split = video === 0 ? splits[row] : video === 1 && row === 4 ? 'validation' : undefined;
      return split ? { split } : {};
    });
    // The rest of a group goes with the clip that has a side.
    expect(rowsOf(splitByVideo(dataset, { validation: 0.5, seed: 1 }))).to.deep.equal([
      [0, 7, 8, 9],
      [4, 5, 6],
    ]);
  });

  it('takes the end of an only group', () => {
    const dataset = known(listed([6, 4]), () => ({ group: 'g' }));
    expect(rowsOf(splitByVideo(dataset, { validation: 0.2, seed: 1 }))).to.deep.equal([
      [0, 1, 2, 3, 6, 7, 8, 9],
      [4, 5],
    ]);
  });

  it('refuses splits that put a group or a video on both sides', () => {
    const sides = (video: number): Partial<ClipRecord> => ({ split: video === 0 ? 'train' : 'validation' });
    const group = known(listed([2, 2, 2]), (video) => ({ group: 'scene', ...sides(video) }));
    expect(() => splitByVideo(group, { validation: 0.2, seed: 1 })).to.throw(
      LacunaError,
      'The group scene has clips for training and clips for validation',
    );
    const video = known(listed([2, 2]), (_video, _clip, row) => sides(row));
    expect(() => splitByVideo(video, { validation: 0, seed: 1 })).to.throw(LacunaError, /The video 0 has clips for/);
  });

  it('refuses a video of two groups, and a dataset with nothing to train on', () => {
    const torn = known(listed([2, 2]), (_video, _clip, row) => (row === 0 ? { group: 'g' } : {}));
    expect(() => splitByVideo(torn, { validation: 0.2, seed: 1 })).to.throw(
      LacunaError,
      '0 has clips of the group g and of the video 0',
    );
    for (const split of ['test', 'validation'] as const) {
      const nothing = known(listed([2, 2]), () => ({ split }));
      expect(() => splitByVideo(nothing, { validation: 0.2, seed: 1 })).to.throw(LacunaError, /No clip is left/);
    }
  });
});

describe('checkGroupsApart', () => {
  const { clips } = known(listed([2, 2, 2]), (video) => (video < 2 ? { group: 'scene' } : {}));
  const check = (train: readonly number[], validation: readonly number[]) =>
    expect(() => checkGroupsApart(clips, { train: Int32Array.from(train), validation: Int32Array.from(validation) }));

  it('throws where a group or a video is on both sides, and only there', () => {
    check([0, 1, 2, 3], [4, 5]).not.to.throw();
    check([0, 1], []).not.to.throw();
    check([0, 1], [2]).to.throw(LacunaError, /The group scene has/);
    check([0, 4], [5]).to.throw(LacunaError, /The video 2 has/);
  });
});

function fail(): never {
  throw new Error('there is no such row');
}
