import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { encodeJsonLines } from '../../lib/formats/jsonl.js';
import { encodeNpy } from '../../lib/formats/npy.js';
import { dedupe } from '../../lib/representation/dedupe.js';
import { openFlatVectors, readLines, readList, readRows } from '../../lib/representation/read-embeddings.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

const readEmbeddings = async (name: string) => {
  const vectors = await openFlatVectors(name);
  try {
    return { values: await readRows(vectors), list: await readList(vectors) };
  } finally {
    await vectors.file.close();
  }
};

const rows = [
  { video: 'a.mp4', startSeconds: 0, h: [1, 0, 0] },
  { video: 'a.mp4', startSeconds: 2, h: [2, 0, 0] },
  { video: 'b.mp4', startSeconds: 0, h: [3, 0.01, 0] },
  { video: 'c.mp4', startSeconds: 0, h: [0, 1, 0] },
  { video: 'd.mp4', startSeconds: 4, h: [0, 5, 0] },
  { video: 'e.mp4', startSeconds: 0, h: [0, 1, 1] },
];

describe('files of vectors', () => {
  const folder = temporaryFolder();
  const at = folder.path;
  const write = async (name: string, changes: { shape?: number[]; lines?: readonly object[] } = {}) => {
    const values = Float32Array.from(rows.flatMap(({ h }) => h));
    const { shape = [rows.length, 3], lines } = changes;
    await writeFile(at(`${name}.npy`), encodeNpy(values, shape));
    const list = lines ?? rows.map(({ video, startSeconds }) => ({ video, startSeconds, model: 'abc' }));
    await writeFile(at(`${name}.jsonl`), encodeJsonLines(list));
    return at(`${name}.npy`);
  };

  it('are read with the list beside them', async () => {
    const { values, list } = await readEmbeddings(await write('good'));
    expect([...values]).to.deep.equal([...Float32Array.from(rows.flatMap(({ h }) => h))]);
    expect(list[4]).to.deep.equal({ video: 'd.mp4', startSeconds: 4, model: 'abc' });
    const vectors = await openFlatVectors(at('good.npy'));
    const some = await readLines(vectors, [4, 0, 3]);
    await vectors.file.close();
    expect(some.map(({ video }) => video)).to.deep.equal(['d.mp4', 'a.mp4', 'c.mp4']);
  });

  it('are refused where anything is wrong with them, and what', async () => {
    const lines = rows.map(({ video, startSeconds }) => ({ video, startSeconds, model: 'abc' }));
    const bad: readonly (readonly [string, RegExp])[] = [
      [at('gone.npy'), /gone\.npy cannot be read/],
      [at('good.txt'), /must end in \.npy/],
      [await write('cube', { shape: [2, 3, 3] }), /holds no vectors/],
      [await write('short', { lines: lines.slice(1) }), /6 vectors and .*short\.jsonl 5 lines/],
      [await write('mixed', { lines: [{ ...lines[0], model: 'xyz' }, ...lines.slice(1)] }), /several models/],
      [await write('broken', { lines: [...lines.slice(1), { video: 3 }] }), /damaged in line 6/],
    ];
    for (const [file, message] of bad) {
      const error = await rejectionOf(readEmbeddings(file));
      expect(error).to.be.instanceOf(LacunaError).with.property('message').that.matches(message);
    }
    await writeFile(at('list.npy'), encodeNpy(new Float32Array(6), [2, 3]));
    expect(await rejectionOf(readEmbeddings(at('list.npy'))))
      .to.have.property('message')
      .that.matches(/list\.jsonl cannot/);
  });

  it('show which clips are nearly the same: by default of other videos', async () => {
    const { groups, duplicates, clips } = await dedupe({ embeddings: await write('good') });
    const found = groups.map(({ kept, others }) => [kept.video, ...others.map(({ video }) => video)]);
    expect(found).to.deep.equal([
      ['a.mp4', 'b.mp4'],
      ['c.mp4', 'd.mp4'],
    ]);
    expect([duplicates, clips]).to.deep.equal([2, 6]);
  });

  it('show those of one video as well, and others from another threshold on', async () => {
    const embeddings = await write('good');
    const all = await dedupe({ embeddings, withinVideos: true });
    expect(all.groups[0]?.others.map(({ startSeconds }) => startSeconds)).to.deep.equal([2, 0]);
    const [, second] = (await dedupe({ embeddings, threshold: 0.7 })).groups;
    expect(second?.others.map(({ video, cosine }) => [video, Number(cosine.toFixed(3))])).to.deep.equal([
      ['d.mp4', 1],
      ['e.mp4', 0.707],
    ]);
    expect((await dedupe({ embeddings, threshold: 1 })).groups).to.have.length(1);
  });
});
