import { expect } from 'chai';
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { createAugmenter } from '../../lib/clip/augment-clips.js';
import { drawAugmentations } from '../../lib/clip/draw-augmentation.js';
import { flipClip } from '../../lib/clip/flip-clip.js';
import { createRandom } from '../../lib/clip/random.js';
import { createLoader, type Loader } from '../../lib/dataset/loader.js';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { startCommand } from '../cli/start-command.js';
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

  it('uses memory again that is given back, and leaves other memory alone', async () => {
    const loader = createLoader(dataset, { rows, batch: 2, seed: 1 });
    const first = await loader.load(0);
    const moved = structuredClone(first.pixels, { transfer: [first.pixels.buffer] });
    const other = new Uint8Array(5);
    loader.giveBack(moved);
    loader.giveBack(other);
    const used: Uint8Array[] = [];
    for (let step = 1; step < 6; step++) {
      const { pixels, rows: batchRows } = await loader.load(step);
      expect([pixels[0], pixels[madeClipBytes]]).to.deep.equal([...batchRows]);
      used.push(pixels);
    }
    expect(used).to.include(moved).and.not.include(other);
    await loader.close();
  });

  it('reads the next two steps ahead, and throws what went wrong only where it is asked for', async () => {
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
    expect(reads).to.deep.equal([0, 1, 2].map((step) => loader.rowsOf(step).join()));
    await new Promise((go) => setImmediate(go));
    expect(await rejectionOf(loader.load(1))).to.have.property('message', 'disk');
    expect((await loader.load(1)).rows.join()).to.equal(loader.rowsOf(1).join());
    // The second step had been read, and is not read again.
    expect(reads.filter((read) => read === loader.rowsOf(2).join())).to.have.length(1);
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

  describe('with everything that can be changed', () => {
    const shape = { frames: 4, height: 8, width: 8, channels: 3 };
    const changes = { flip: true, crop: 0.4, colour: 0.5, hue: 0.2 };
    let drawn: Dataset;
    before(async () => {
      const draw = (row: number, length: number) => Uint8Array.from({ length }, (_, index) => index * (row + 3));
      drawn = await openDataset(await makeDataset(folder.path('drawn'), [5, 5], madeOptions, draw));
    });
    after(() => drawn.close());

    /** The clips of a step, made without a loader: read, changed one by one. */
    const alone = async (loader: Loader, step: number, repeat: number) => {
      const batchRows = loader.rowsOf(step);
      const augmentations = drawAugmentations(changes, shape, { seed: 8, step, count: batchRows.length });
      const augment = createAugmenter(shape);
      const clips: string[] = [];
      for (const [place, row] of batchRows.entries()) {
        const clip = new Uint8Array(madeClipBytes);
        await drawn.readClips([row], clip);
        augment(clip, augmentations.slice(place, place + 1), 1);
        clips.push(Buffer.from(clip).toString('base64'));
        expect(batchRows[place - (place % repeat)]).to.equal(row);
      }
      return clips;
    };
    const cut = (pixels: Uint8Array) =>
      Array.from({ length: pixels.length / madeClipBytes }, (_, place) =>
        Buffer.from(pixels.subarray(place * madeClipBytes, (place + 1) * madeClipBytes)).toString('base64'),
      );

    for (const [repeat, threads] of [
      [1, 1],
      [3, 1],
      [2, 3],
    ] as const) {
      it(`makes any step again alone: ${repeat} of each row, ${threads} at work`, async () => {
        const options = { rows, batch: 6, seed: 8, repeat, threads, ...changes };
        const straight = createLoader(drawn, options);
        for (let step = 0; step < 10; step++) {
          expect(cut((await straight.load(step)).pixels)).to.deep.equal(await alone(straight, step, repeat));
        }
        const random = createRandom(1, 'resumed at', repeat);
        const resumed = createLoader(drawn, options);
        for (const step of Array.from({ length: 8 }, () => random.integer(10_000))) {
          for (const next of [step, step + 1]) {
            const batch = await resumed.load(next);
            expect(batch.rows).to.deep.equal(straight.rowsOf(next));
            expect(cut(batch.pixels)).to.deep.equal(await alone(straight, next, repeat));
          }
        }
        await Promise.all([straight.close(), resumed.close()]);
      });
    }

    it('reads each row of a step once and changes it in several ways, and goes through all rows in each epoch', async () => {
      const reads: number[][] = [];
      const counting = {
        ...drawn,
        readClips: (batchRows: readonly number[] | Int32Array, into: Uint8Array) => {
          reads.push([...batchRows]);
          return drawn.readClips(batchRows, into);
        },
      };
      const loader = createLoader(counting, { rows, batch: 8, seed: 8, repeat: 4, ...changes });
      const seen: number[] = [];
      for (let step = 0; step < 7; step++) {
        const batch = await loader.load(step);
        const [first = -1, , , , second = -1] = batch.rows;
        expect([...batch.rows]).to.deep.equal([first, first, first, first, second, second, second, second]);
        expect(reads[step]).to.deep.equal([first, second]);
        expect(new Set(cut(batch.pixels)).size).to.equal(8);
        seen.push(first, second);
      }
      for (const epoch of [seen.slice(0, 7), seen.slice(7)]) expect(epoch.sort()).to.deep.equal([...rows]);
      await loader.close();
    });

    for (const use of ['kept', 'given away'] as const) {
      it(`holds no more memory after many steps, where batches are ${use}`, async () => {
        const { code, stdout, stderr } = await startCommand(['40', '400', use], {
          script: fileURLToPath(new URL('load-process.ts', import.meta.url)),
          nodeArguments: ['--max-semi-space-size=1', '--import=tsx', '--expose-gc'],
        });
        expect(code, stderr).to.equal(0);
        const [warm, end] = JSON.parse(stdout) as Record<'rss' | 'arrayBuffers', number>[];
        if (warm === undefined || end === undefined) throw new Error(`it measured ${stdout}`);
        // One batch is 1.9 MB, 360 of them are 700 MB.
        expect(end.rss - warm.rss, 'rss').to.be.below(20 * 2 ** 20);
        expect(end.arrayBuffers - warm.arrayBuffers, 'arrays').to.be.below(2 ** 20);
      });
    }
  });

  it('refuses what cannot be loaded', () => {
    const wrong = [
      { rows, batch: 0, seed: 1 },
      { rows, batch: 1.5, seed: 1 },
      { rows, batch: 6, seed: 1, repeat: 4 },
      { rows, batch: 6, seed: 1, repeat: 0 },
      { rows: new Int32Array(0), batch: 1, seed: 1 },
      { rows: Int32Array.of(10), batch: 1, seed: 1 },
      { rows: Int32Array.of(-1), batch: 1, seed: 1 },
    ];
    for (const options of wrong) expect(() => createLoader(dataset, options)).to.throw(RangeError);
    expect(() => createLoader(dataset, { rows, batch: 1, seed: 1 }).rowsOf(-1)).to.throw(RangeError);
  });
});
