import { expect } from 'chai';
import { parseLoss } from '../../lib/objectives/loss-expression.js';
import { cutBatch } from '../../lib/objectives/parted-batch.js';
import { noisePixels, plansOf, smallConv, smallVit } from '../model/small-models.js';

describe('cutBatch', () => {
  for (const config of [smallConv, smallVit]) {
    it(`deals the clips of a ${config.family} out, in their order, with the inputs that go with them`, () => {
      const [pixels, plans] = [noisePixels(config, 4, 1), plansOf(config, 'patches:0.5', 4)];
      const whole = cutBatch(config, 'reconstruction', { pixels, plans }, 1);
      expect(whole.inputs).to.have.length(1);
      expect(whole.inputs[0]?.['pixels']).to.deep.equal(pixels);
      const halves = cutBatch(config, 'reconstruction', { pixels, plans }, 2);
      expect(halves.signature).not.to.equal(whole.signature);
      expect(halves.program()).to.deep.include({ parts: 2 });
      const length = pixels.length / 2;
      for (const [part, inputs] of halves.inputs.entries()) {
        const [from, to] = [2 * part, 2 * part + 2];
        const own = pixels.slice(part * length, (part + 1) * length);
        const alone = cutBatch(config, 'reconstruction', { pixels: own, plans: plans.slice(from, to) }, 1);
        expect(inputs).to.deep.equal(alone.inputs[0]);
      }
    });
  }

  it('leaves a batch whole whose parts would need different programs', () => {
    const config = { ...smallConv, guess: 'motion' } as const;
    const plans = [...plansOf(config, 'gap:1', 2), ...plansOf(config, 'gap:2', 2)];
    const made = cutBatch(config, 'reconstruction', { pixels: noisePixels(config, 4, 1), plans }, 2);
    expect(made.inputs).to.have.length(1);
    expect(made.program()).to.deep.include({ parts: 1 });
  });

  it('leaves a batch whole whose clips are held against each other', () => {
    const [pixels, plans] = [noisePixels(smallConv, 4, 1), plansOf(smallConv, 'patches:0.5', 4)];
    const batch = { pixels, plans, sources: Int32Array.of(0, 0, 1, 1) };
    const made = cutBatch(smallConv, 'reconstruction', batch, 2, { loss: parseLoss('mse+contrast:1') });
    expect(made.program()).to.deep.include({ parts: 1 });
    expect(made.inputs).to.have.length(1);
    expect([...(made.inputs[0]?.['positives'] ?? [])].slice(0, 8)).to.deep.equal([0, 1, 0, 0, 1, 0, 0, 0]);
    expect(cutBatch(smallConv, 'reconstruction', batch, 2).inputs[0]).not.to.include.keys('positives');
  });

  it('cuts classes and random choices along with the clips', () => {
    const config = {
      ...smallVit,
      depth: 2,
      dropPath: 0.5,
      classifier: { labels: ['a', 'b'], pooling: 'mean' },
    } as const;
    const [pixels, plans] = [noisePixels(config, 2, 1), plansOf(config, 'patches:0.5', 2)];
    const keys = [0, 1].map((sample) => ({ seed: 6, step: 1, sample }));
    const classes = Int32Array.of(0, 1);
    const halves = cutBatch(config, 'classification', { pixels, plans, keys, classes }, 2);
    const [first, second] = halves.inputs;
    const whole = cutBatch(config, 'classification', { pixels, plans, keys, classes }, 1).inputs[0];
    // A line of the table for each branch, a column for each clip.
    const table = [...(whole?.['dropPath'] ?? [])];
    expect([...(first?.['dropPath'] ?? [])]).to.deep.equal(table.filter((_, index) => index % 2 === 0));
    expect([...(second?.['dropPath'] ?? [])]).to.deep.equal(table.filter((_, index) => index % 2 === 1));
    const named = Object.keys(whole ?? {}).filter((name) => !['pixels', 'dropPath'].includes(name));
    expect(named.some((name) => String(first?.[name]) !== String(second?.[name]))).to.equal(true);
  });

  it('refuses clips that cannot be dealt out evenly', () => {
    const [pixels, plans] = [noisePixels(smallVit, 3, 1), plansOf(smallVit, 'patches:0.5', 3)];
    expect(() => cutBatch(smallVit, 'reconstruction', { pixels, plans }, 2)).to.throw(
      RangeError,
      '3 clips do not make 2 equal parts',
    );
  });
});
