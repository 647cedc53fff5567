import { expect } from 'chai';
import { readRunConfig } from '../../lib/run/run-config.js';
import { type BatchTrial, isWorthMore, pickBatch } from '../../lib/training/choose-batch.js';
import { pretrain } from '../../lib/training/pretrain.js';
import { rejectionOf } from '../video/made-videos.js';
import { smallRuns } from './small-runs.js';

const trialOf = ([batch, clipsPerSecond, bytes = 0]: readonly [number, number, number?]): BatchTrial => ({
  ...{ batch, clipsPerSecond, bytes },
});

describe('pickBatch', () => {
  it('takes the smallest that is about as quick for each clip as the quickest', () => {
    const speeds: readonly (readonly [readonly (readonly [number, number])[], number])[] = [
      [[[4, 100]], 4],
      [
        [
          [4, 100],
          [8, 104],
        ],
        4,
      ],
      [
        [
          [4, 50],
          [8, 100],
          [16, 150],
          [32, 155],
        ],
        16,
      ],
      [
        [
          [4, 50],
          [8, 100],
          [16, 80],
        ],
        8,
      ],
    ];
    for (const [trials, batch] of speeds) expect(pickBatch(trials.map(trialOf))).to.equal(batch);
    expect(() => pickBatch([])).to.throw(RangeError);
  });
});

describe('isWorthMore', () => {
  const trials = [trialOf([4, 100, 100]), trialOf([8, 120, 200])];

  it('goes on while twice the memory fits into half of what is free', () => {
    expect(isWorthMore([], 0)).to.equal(true);
    expect(isWorthMore(trials, 800)).to.equal(true);
    expect(isWorthMore(trials, 799)).to.equal(false);
  });

  it('goes on while nothing becomes slower', () => {
    expect(isWorthMore([...trials, trialOf([16, 108, 200])], 1e9)).to.equal(true);
    expect(isWorthMore([...trials, trialOf([16, 107, 200])], 1e9)).to.equal(false);
  });
});

describe('chooseBatch', () => {
  const { folder, asked } = smallRuns();

  it('is done once, and the choice stays with the run', async () => {
    const options = asked('chosen', { batch: 'auto', repeat: 64, steps: 2, hide: ['future:2'] });
    const notes: string[] = [];
    const { batch, steps } = await pretrain(options, {
      onProgress: ({ unit, note = '' }) => unit === 'batch sizes' && notes.push(note),
    });
    expect(steps).to.equal(2);
    expect(batch).to.be.oneOf([64, 128]);
    for (const note of notes) expect(note).to.match(/^(64|128) clips: [\d.e+]+ clips\/s, -?\d+ MiB$/);
    expect(notes.length).to.be.within(1, 2);
    const config = await readRunConfig(folder.path('chosen'));
    expect(config).to.include({ batch, isBatchChosen: true });
    expect(await pretrain(options)).to.include({ batch, steps });
    // Clips that are held against each other need two sources, and no power of two is a multiple of 3.
    const contrast = { batch: 'auto', repeat: 3, steps: 1, hide: ['future:2'], loss: 'mse+contrast:0.1' } as const;
    expect((await pretrain(asked('contrast', contrast))).batch).to.be.oneOf([6, 12, 24, 48, 96]);
    const refused = await rejectionOf(pretrain({ ...options, batch }));
    expect(refused).to.have.property('message').that.includes(`batch is auto there and ${batch} here`);
  });
});
