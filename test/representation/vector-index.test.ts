import { readdir, stat, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Progress } from '../../lib/clip/job.js';
import { createRandom } from '../../lib/clip/random.js';
import { encodeNpy } from '../../lib/formats/npy.js';
import { findNearest, normaliseVectors } from '../../lib/measures/nearest-neighbours.js';
import { openFlatVectors } from '../../lib/representation/read-embeddings.js';
import { searchIndex } from '../../lib/representation/vector-index.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('the index of many vectors', () => {
  const folder = temporaryFolder();
  const [rows, width, count] = [3000, 16, 10];
  const made = (seed: number) => {
    const random = createRandom(seed, 'vectors');
    return Float32Array.from({ length: rows * width }, () => random.normal());
  };
  const queries = normaliseVectors({ values: made(7).subarray(0, 50 * width), width }).values;
  const queryOf = (place: number) => queries.subarray(place * width, (place + 1) * width);
  const indexes = async () => (await readdir(folder.path('.'))).filter((other) => other.endsWith('.index'));

  it('finds nearly all of the nearest, with their exact cosines, and is made once', async function () {
    const values = made(1);
    await writeFile(folder.path('many.npy'), encodeNpy(values, [rows, width]));
    const vectors = await openFlatVectors(folder.path('many.npy'));
    try {
      const progress: Progress[] = [];
      const controls = { onProgress: (report: Progress) => progress.push(report) };
      const first = await searchIndex(vectors, queryOf(0), count, controls);
      if (first === undefined) this.skip(); // The package is optional.
      expect(progress.at(-1)).to.include({ unit: 'vectors', done: rows, total: rows });
      const [index = ''] = await indexes();
      const madeAt = (await stat(folder.path(index))).mtimeMs;
      progress.splice(0);
      const exact = normaliseVectors({ values, width });
      let found = 0;
      for (let place = 0; place < 50; place++) {
        const nearest = await searchIndex(vectors, queryOf(place), count, controls);
        const truth = findNearest(exact, queryOf(place), count);
        expect(nearest).to.have.length(count);
        for (const neighbour of nearest ?? []) {
          const same = truth.find(({ row }) => row === neighbour.row);
          if (same === undefined) continue;
          found += 1;
          expect(neighbour.cosine).to.be.closeTo(same.cosine, 1e-6);
        }
      }
      expect(found / (50 * count)).to.be.at.least(0.98);
      expect(progress).to.deep.equal([]);
      expect((await stat(folder.path(index))).mtimeMs).to.equal(madeAt);
    } finally {
      await vectors.file.close();
    }
  });

  it('is made anew for other vectors, and not at all where that is ended', async function () {
    const before = await indexes();
    if (before.length === 0) this.skip();
    await writeFile(folder.path('many.npy'), encodeNpy(made(2), [rows, width]));
    const vectors = await openFlatVectors(folder.path('many.npy'));
    try {
      const reason = new Error('enough');
      const ended = searchIndex(vectors, queryOf(0), count, { signal: AbortSignal.abort(reason) });
      expect(await rejectionOf(ended)).to.equal(reason);
      expect(await indexes()).to.deep.equal(before);
      await searchIndex(vectors, queryOf(0), count, {});
      expect(await indexes())
        .to.have.length(1)
        .and.to.not.deep.equal(before);
    } finally {
      await vectors.file.close();
    }
  });
});
