import { expect } from 'chai';
import fc from 'fast-check';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import type { ClipRecord } from '../../lib/dataset/dataset-files.js';
import { groupKey } from '../../lib/dataset/group-key.js';
import { drawPerClass, splitLabelled } from '../../lib/dataset/split-labelled.js';

type Given = Partial<ClipRecord>;
const clip = (given: Given, row: number): ClipRecord => ({
  ...{ video: `${row}.mp4`, startSeconds: 0, shard: 'shards/00000.npy', row },
  ...given,
});
const listOf = (given: readonly Given[]) => given.map(clip);
const parts = { validation: 0.2, test: 0.2, seed: 0 };

/** Videos of two clips each. */
const videosOf = (label: string, count: number): Given[] =>
  Array.from({ length: 2 * count }, (_, index) => ({ label, video: `${label}-${index >> 1}.mp4` }));

const errorOf = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return error;
  }
};

describe('split-labelled', () => {
  it('has no group and no video on two sides, and all labelled clips on one', () => {
    const label = fc.constantFrom('a', 'b', undefined);
    const record = fc.record({
      video: fc.integer({ min: 0, max: 8 }),
      group: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      label,
    });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 4, maxLength: 40 }),
        fc.integer({ min: 0, max: 50 }),
        (records, seed) => {
          const groups = new Map<number, number | undefined>();
          const clips = listOf(
            records.map(({ video, group, label: own }) => {
              if (!groups.has(video)) groups.set(video, group);
              const of = groups.get(video);
              return { video: `${video}`, ...(of !== undefined && { group: `${of}` }), ...(own && { label: own }) };
            }),
          );
          const made = errorOf(() => splitLabelled(clips, { ...parts, seed }));
          if (made instanceof LacunaError) return;
          const { train, validation, test } = made as ReturnType<typeof splitLabelled>;
          const all = [...train, ...validation, ...test];
          expect(all.sort((one, other) => one - other)).to.deep.equal(
            clips.flatMap(({ label: own }, row) => (own === undefined ? [] : [row])),
          );
          const sides = new Map<string, Set<string>>();
          for (const [side, rows] of Object.entries({ train, validation, test })) {
            for (const row of rows) {
              const own = clips[row];
              if (own === undefined) continue;
              for (const key of [groupKey(own), own.video]) sides.set(key, (sides.get(key) ?? new Set()).add(side));
            }
          }
          for (const [key, of] of sides) expect(of.size, key).to.equal(1);
        },
      ),
    );
  });

  it('draws the part of each class that was asked for', () => {
    const clips = listOf([...videosOf('cat', 20), ...videosOf('car', 10)]);
    const { labels, train, validation, test } = splitLabelled(clips, parts);
    expect(labels).to.deep.equal(['car', 'cat']);
    const countOf = (rows: Int32Array, label: string) => [...rows].filter((row) => clips[row]?.label === label).length;
    // A fifth of the videos for the test, and of what is left, in whole videos of two clips.
    expect([train, validation, test].map((rows) => countOf(rows, 'cat'))).to.deep.equal([26, 6, 8]);
    expect([train, validation, test].map((rows) => countOf(rows, 'car'))).to.deep.equal([12, 4, 4]);
  });

  it('draws by the seed', () => {
    const clips = listOf([...videosOf('cat', 20), ...videosOf('car', 10)]);
    const of = (seed: number) => [...splitLabelled(clips, { ...parts, seed }).test];
    expect(of(0)).to.deep.equal(of(0));
    expect(of(0)).not.to.deep.equal(of(1));
  });

  it('takes each clip for what it says, and draws only what none says', () => {
    const named = [
      ...videosOf('cat', 3).map((one) => ({ ...one, split: 'test' as const })),
      ...videosOf('dog', 10),
      ...videosOf('cat', 10).map((one) => ({ ...one, video: `more-${one.video ?? ''}` })),
    ];
    const clips = listOf(named);
    const { test, validation } = splitLabelled(clips, parts);
    expect([...test]).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(validation).to.have.length(8);
  });

  it('draws validation of what is said to be for training, and no test', () => {
    const clips = listOf([
      ...[...videosOf('cat', 10), ...videosOf('dog', 10)].map((one) => ({ ...one, split: 'train' as const })),
    ]);
    const { train, validation, test } = splitLabelled(clips, parts);
    expect([train.length, validation.length, test.length]).to.deep.equal([32, 8, 0]);
  });

  it('refuses one class, none, a class without training clips, and a leak', () => {
    const messageOf = (given: readonly Given[]) => {
      const error = errorOf(() => splitLabelled(listOf(given), parts));
      expect(error).to.be.instanceOf(LacunaError);
      return (error as LacunaError).message;
    };
    expect(messageOf(videosOf('cat', 4))).to.match(/two classes.*all are cat/);
    expect(messageOf([{}, {}])).to.match(/no clip has a label/);
    expect(messageOf([...videosOf('cat', 4), { label: 'dog', split: 'test' }])).to.match(/class dog/);
    const leak = [
      { label: 'cat', group: 'kitchen', split: 'train' as const },
      { label: 'cat', group: 'kitchen', split: 'test' as const },
      ...videosOf('dog', 3),
    ];
    expect(messageOf(leak)).to.match(/group kitchen/);
    expect(
      messageOf([
        { label: 'a', video: 'x', group: '1' },
        { label: 'b', video: 'x', group: '2' },
      ]),
    ).to.match(/x has clips/);
  });
});

describe('the drawing of few clips', () => {
  const clips = listOf([...videosOf('cat', 5), ...videosOf('dog', 3)]);
  const rows = Int32Array.from(clips.keys());

  it('gives as many of each class, from as many videos as there are', () => {
    for (const perClass of [1, 2, 3, 5]) {
      const drawn = [...drawPerClass(clips, rows, perClass, { seed: 0, draw: 0 })];
      for (const [label, videos] of [
        ['cat', 5],
        ['dog', 3],
      ] as const) {
        const own = drawn.filter((row) => clips[row]?.label === label);
        expect(own).to.have.length(perClass);
        expect(new Set(own.map((row) => clips[row]?.video)).size).to.equal(Math.min(perClass, videos));
      }
      expect(new Set(drawn).size).to.equal(drawn.length);
    }
  });

  it('draws others each time', () => {
    const draws = [0, 1, 2, 3].map((draw) => [...drawPerClass(clips, rows, 2, { seed: 0, draw })].join());
    expect(new Set(draws).size).to.be.above(1);
    expect(draws[1]).to.equal([...drawPerClass(clips, rows, 2, { seed: 0, draw: 1 })].join());
  });

  it('says which class has too few', () => {
    const error = errorOf(() => drawPerClass(clips, rows, 7, { seed: 0, draw: 0 }));
    expect(error)
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/class dog has: 6/);
  });
});
