import { expect } from 'chai';
import fc from 'fast-check';
import { flipClip } from '../../lib/clip/flip-clip.js';
import { createLoader, type Loader } from '../../lib/dataset/loader.js';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';
import { madeClipBytes, madeOptions, makeDataset } from './made-dataset.js';

describe('createLoader', () => {
  const folder = temporaryFolder();
  let dataset: Dataset;
  const rows = Int32Array.of(0, 2, 3, 5, 6, 8, 9);

  before(async () => {
    dataset = await openDataset(await makeDataset(folder.path('made'), [5, 5]));
  });
  after(() => dataset.close());

  it('goes through all rows in each epoch, in an order of its own, across the ends of epochs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), (batch, seed) => {
        const loader = createLoader(dataset, { rows, batch, seed });
        const sequence = Array.from({ length: 21 }, (_, step) => [...loader.rowsOf(step)]).flat();
        for (let epoch = 0; (epoch + 1) * 7 <= sequence.length; epoch++) {
          const sorted = sequence.slice(epoch * 7, (epoch + 1) * 7).sort((left, right) => left - right);
          expect(sorted).to.deep.equal([...rows]);
        }
      }),
    );
    const { rowsOf } = createLoader(dataset, { rows, batch: 7, seed: 1 });
    expect(new Set(Array.from({ length: 10 }, (_, step) => rowsOf(step).join())).size).to.be.greaterThan(8);
    expect([...rows]).to.deep.equal([0, 2, 3, 5, 6, 8, 9]);
  });

  it('gives the pixels of a step whatever was loaded before', async () => {
    const straight = createLoader(dataset, { rows, batch: 3, seed: 4 });
    const expected: string[] = [];
    for (let step = 0; step < 12; step++) {
      const batch = await straight.load(step);
      expect(batch.pixels).to.have.length(3 * madeClipBytes);
      batch.rows.forEach((row, place) => {
        const clip = batch.pixels.subarray(place * madeClipBytes, (place + 1) * madeClipBytes);
        expect(new Set(clip)).to.deep.equal(new Set([row]));
      });
      expected.push(batch.rows.join());
    }
    const jumping = createLoader(dataset, { rows, batch: 3, seed: 4 });
    for (const step of [11, 0, 1, 1, 7, 8, 3]) expect((await jumping.load(step)).rows.join()).to.equal(expected[step]);
    const other = createLoader(dataset, { rows, batch: 3, seed: 5 });
    expect(other.rowsOf(0).join()).not.to.equal(expected[0]);
    await Promise.all([straight, jumping, other].map((loader) => loader.close()));
  });

  it('leaves the batch in hand and the one before alone, and makes new memory for what was given away', async () => {
    const loader = createLoader(dataset, { rows, batch: 2, seed: 1 });
    const first = await loader.load(0);
    const second = await loader.load(1);
    await loader.close();
    for (const { pixels, rows: batchRows } of [first, second]) {
      expect([pixels[0], pixels[madeClipBytes]]).to.deep.equal([...batchRows]);
    }
    structuredClone(first.pixels, { transfer: [first.pixels.buffer] });
    for (let step = 2; step < 8; step++) {
      const { pixels, rows: batchRows } = await loader.load(step);
      expect([pixels[0], pixels[madeClipBytes]]).to.deep.equal([...batchRows]);
    }
    await loader.close();
  });

  it('reads the next step ahead, and throws what went wrong only where it is asked for', async () => {
    const reads: string[] = [];
    const failing = {
      ...dataset,
      readClips: async (batchRows: readonly number[] | Int32Array, into: Uint8Array) => {
        reads.push(batchRows.join());
        if (reads.length === 2) throw new Error('disk');
        await dataset.readClips(batchRows, into);
      },
    };
    const loader = createLoader(failing, { rows, batch: 2, seed: 1 });
    await loader.load(0);
    expect(reads).to.deep.equal([loader.rowsOf(0).join(), loader.rowsOf(1).join()]);
    await new Promise((go) => setImmediate(go));
    expect(await rejectionOf(loader.load(1))).to.have.property('message', 'disk');
    expect((await loader.load(1)).rows.join()).to.equal(loader.rowsOf(1).join());
    await loader.close();
  });

  describe('with flip', () => {
    let shaded: Dataset;
    const draw = (row: number, length: number) =>
      Uint8Array.from({ length }, (_, index) => 10 * row + (Math.floor(index / 3) % 8));
    before(async () => {
      // Clip 3 has 30 at its left edge and 37 at its right one.
      shaded = await openDataset(await makeDataset(folder.path('shaded'), [5, 5], madeOptions, draw));
    });
    after(() => shaded.close());

    /** Whether each clip of a step is mirrored; fails for one that is neither mirrored nor as it was. */
    const readFlips = async (loader: Loader, step: number): Promise<boolean[]> => {
      const { pixels, rows: batchRows } = await loader.load(step);
      return Array.from(batchRows, (row, place) => {
        const clip = pixels.slice(place * madeClipBytes, (place + 1) * madeClipBytes);
        const isFlipped = clip[0] !== 10 * row;
        if (isFlipped) flipClip(clip, shaded.shape);
        expect(Buffer.compare(clip, draw(row, madeClipBytes))).to.equal(0);
        return isFlipped;
      });
    };

    it('mirrors about every second clip, drawn from the seed and the step alone', async () => {
      const flips: boolean[] = [];
      const straight = createLoader(shaded, { rows, batch: 5, seed: 4, flip: true });
      for (let step = 0; step < 40; step++) flips.push(...(await readFlips(straight, step)));
      // 100 of 200 expected, deviation 7.
      expect(flips.filter(Boolean).length).to.be.within(75, 125);
      const jumping = createLoader(shaded, { rows, batch: 5, seed: 4, flip: true });
      for (const step of [7, 3, 3, 39, 0]) {
        expect(await readFlips(jumping, step)).to.deep.equal(flips.slice(5 * step, 5 * step + 5));
      }
      const other = createLoader(shaded, { rows, batch: 5, seed: 5, flip: true });
      const others: boolean[] = [];
      for (let step = 0; step < 40; step++) others.push(...(await readFlips(other, step)));
      expect(others).not.to.deep.equal(flips);
      await Promise.all([straight, jumping, other].map((loader) => loader.close()));
    });

    it('changes nothing but the pixels, and nothing at all where it is not asked for', async () => {
      const [plain, flipped] = [false, true].map((flip) => createLoader(shaded, { rows, batch: 3, seed: 4, flip }));
      for (let step = 0; step < 10; step++) {
        expect(plain?.rowsOf(step)).to.deep.equal(flipped?.rowsOf(step));
        if (plain) expect(await readFlips(plain, step)).to.deep.equal([false, false, false]);
      }
      await Promise.all([plain?.close(), flipped?.close()]);
    });
  });

  it('refuses what cannot be loaded', () => {
    const wrong = [
      { rows, batch: 0, seed: 1 },
      { rows, batch: 1.5, seed: 1 },
      { rows: new Int32Array(0), batch: 1, seed: 1 },
      { rows: Int32Array.of(10), batch: 1, seed: 1 },
      { rows: Int32Array.of(-1), batch: 1, seed: 1 },
    ];
    for (const options of wrong) expect(() => createLoader(dataset, options)).to.throw(RangeError);
    expect(() => createLoader(dataset, { rows, batch: 1, seed: 1 }).rowsOf(-1)).to.throw(RangeError);
  });
});
