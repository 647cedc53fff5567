import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { openFileHold } from '../../lib/dataset/hold.js';
import { decodeNpy } from '../../lib/formats/npy.js';
import { embed, type EmbedOptions } from '../../lib/representation/embed.js';
import { embedVideos } from '../../lib/representation/embed-videos.js';
import { mergeEmbeddings } from '../../lib/representation/merge-embeddings.js';
import { loadModel } from '../../lib/run/load-model.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

type TableRow = {
  video: string;
  start_seconds: number;
  label: string | null;
  model: string;
  clips: number;
  vector: number[];
};

describe('embed', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let good: string;
  const asked = (name: string, options: Partial<EmbedOptions> = {}): EmbedOptions => ({
    model: given.run,
    inputs: [good],
    out: folder.path(name),
    threads: 1,
    ...options,
  });
  const linesOf = async (name: string) =>
    (await readFile(folder.path(name), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  before(async () => {
    given = await trainedRun();
    good = given.videos[0] ?? '';
    await writeFile(folder.path('text.mp4'), 'this is no video\n');
  });

  it('writes the vectors that the stream gives, and which clip each is, in the same order', async () => {
    await mkdir(folder.path('whole'));
    const inputs = given.videos.slice(0, 4);
    const result = await embed(asked('whole/vectors.npy', { inputs }));
    const expected = { vectors: 12, width: 128, failures: [] };
    expect(result).to.deep.include({ out: folder.path('whole/vectors.npy'), ...expected, clips: 12, clipsNow: 12 });
    expect(result.seconds).to.be.above(0);
    expect(await readdir(folder.path('whole'))).to.deep.equal(['vectors.jsonl', 'vectors.npy']);

    const { dtype, shape, data } = decodeNpy(await readFile(folder.path('whole/vectors.npy')));
    expect({ dtype, shape }).to.deep.equal({ dtype: 'float32', shape: [12, 128] });
    const lines = await linesOf('whole/vectors.jsonl');
    const weights = await readFile(join(given.run, 'model.safetensors'));
    const fingerprint = createHash('sha256').update(weights).digest('hex').slice(0, 16);
    const model = await loadModel(given.run, { threads: 1 });
    try {
      let row = 0;
      for await (const { video, startSeconds, h } of embedVideos(model, inputs)) {
        expect(lines[row]).to.deep.equal({ video, startSeconds, model: fingerprint });
        for (const [index, value] of h.entries()) expect(data[row * 128 + index]).to.be.closeTo(value, 1e-5);
        row += 1;
      }
      expect(lines).to.have.length(row).and.to.have.length(12);
    } finally {
      await model.compute.close();
    }
  });

  it('embeds a good video beside a bad one and lists the bad one, until it is mended', async () => {
    await mkdir(folder.path('mixed'));
    const result = await embed(asked('mixed/some.npy', { inputs: [folder.path('text.mp4'), good] }));
    expect(result).to.include({ vectors: 3, width: 128 });
    expect(result.failures).to.have.length(1);
    expect(result.failures[0]).to.include({ video: 'text.mp4', reason: 'not-a-video' });
    expect(await linesOf('mixed/some.failures.jsonl')).to.deep.equal(result.failures);
    expect((await linesOf('mixed/some.jsonl')).map(({ video }) => video)).to.deep.equal(
      Array(3).fill('bounce-000.mp4'),
    );

    await embed(asked('mixed/some.npy'));
    expect(await readdir(folder.path('mixed'))).to.deep.equal(['some.jsonl', 'some.npy']);
  });

  it('leaves what was there where nothing can be embedded or it is ended by a signal', async () => {
    await mkdir(folder.path('kept'));
    for (const name of ['kept/old.npy', 'kept/old.jsonl']) await writeFile(folder.path(name), 'older');
    const isAsItWas = async () => {
      const names = await readdir(folder.path('kept'));
      expect(names.filter((name) => !name.startsWith('.'))).to.deep.equal(['old.jsonl', 'old.npy']);
      for (const name of ['kept/old.npy', 'kept/old.jsonl']) {
        expect(await readFile(folder.path(name), 'utf8')).to.equal('older');
      }
    };
    const nothing = await rejectionOf(embed(asked('kept/old.npy', { inputs: [folder.path('text.mp4')] })));
    expect(nothing).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(nothing)
      .to.have.property('message')
      .that.matches(/^No vector could be made: text\.mp4 is not-a-video \(.*\); name other videos\.$/);
    await isAsItWas();
    expect(await readdir(folder.path('kept'))).to.deep.equal(['old.jsonl', 'old.npy']);

    const reason = new Error('enough');
    expect(await rejectionOf(embed(asked('kept/old.npy'), { signal: AbortSignal.abort(reason) }))).to.equal(reason);
    await isAsItWas();
    const inputs = given.videos;
    // Of three batches the third is read while the second is embedded: the first is written, or both.
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => done === 6 && stop.abort(reason);
    expect(await rejectionOf(embed(asked('kept/old.npy', { inputs }), { signal: stop.signal, onProgress }))).to.equal(
      reason,
    );
    await isAsItWas();

    // What was made is found again, and all comes to the same bytes as in one go.
    const result = await embed(asked('kept/old.npy', { inputs }));
    expect(result).to.include({ vectors: 24, clips: 24 });
    expect(result.clipsNow).to.be.oneOf([8, 16]);
    await mkdir(folder.path('unbroken'));
    await embed(asked('unbroken/old.npy', { inputs }));
    expect(await readdir(folder.path('kept'))).to.deep.equal(['old.jsonl', 'old.npy']);
    for (const name of ['old.npy', 'old.jsonl']) {
      expect(await readFile(folder.path(`kept/${name}`))).to.deep.equal(
        await readFile(folder.path(`unbroken/${name}`)),
      );
    }
  });

  it('goes on after a video that failed, and not with what other flags made', async () => {
    await mkdir(folder.path('resumed'));
    await writeFile(folder.path('c-text.mp4'), 'this is no video\n');
    const inputs = [...given.videos.slice(0, 1), folder.path('c-text.mp4'), ...given.videos.slice(1)];
    const end = async (done: number, options: Partial<EmbedOptions> = {}) => {
      const stop = new AbortController();
      const onProgress = (made: Progress) => made.done === done && stop.abort(new Error('enough'));
      await rejectionOf(embed(asked('resumed/x.npy', { inputs, ...options }), { signal: stop.signal, onProgress }));
    };
    await end(7);
    const { failures, clipsNow, vectors } = await embed(asked('resumed/x.npy', { inputs }));
    expect(failures.map(({ video }) => video)).to.deep.equal(['c-text.mp4']);
    expect(vectors).to.equal(24);
    expect(clipsNow).to.be.oneOf([8, 16]);
    await end(7);
    expect(await embed(asked('resumed/x.npy', { inputs, layer: 0 }))).to.include({ vectors: 24, clipsNow: 24 });
  });

  it('writes a table of Parquet, one row a clip or a video', async () => {
    await mkdir(folder.path('tables'));
    const inputs = given.videos.slice(0, 2);
    const clips = decodeNpy(
      await embed(asked('tables/clips.npy', { inputs })).then(() => readFile(folder.path('tables/clips.npy'))),
    );
    const rowsOf = async (name: string) => {
      const file = await readFile(folder.path(name));
      const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
      expect(parquetMetadata(buffer).key_value_metadata).to.deep.equal([{ key: 'lacuna.shape', value: '128' }]);
      return (await parquetReadObjects({ file: buffer })) as unknown as TableRow[];
    };
    await embed(asked('tables/clips.parquet', { inputs }));
    const table = await rowsOf('tables/clips.parquet');
    const list = await linesOf('tables/clips.jsonl');
    expect(table).to.have.length(6);
    for (const [index, { vector, video, start_seconds, label, model, clips: count }] of table.entries()) {
      expect(vector).to.deep.equal([...clips.data.slice(128 * index, 128 * (index + 1))]);
      expect({ video, startSeconds: start_seconds, model }).to.deep.equal(list[index]);
      expect([label, count]).to.deep.equal([null, 1]);
    }
    expect(await embed(asked('tables/videos.parquet', { inputs, average: true }))).to.include({ vectors: 2, clips: 6 });
    expect(await embed(asked('tables/videos.npy', { inputs, average: true }))).to.include({ vectors: 2, clips: 6 });
    const means = decodeNpy(await readFile(folder.path('tables/videos.npy')));
    for (const [index, { video, clips: count, vector }] of (await rowsOf('tables/videos.parquet')).entries()) {
      expect({ video, count }).to.deep.equal({ video: `bounce-00${index}.mp4`, count: 3 });
      expect(vector).to.deep.equal([...means.data.slice(128 * index, 128 * (index + 1))]);
      for (const [place, value] of vector.entries()) {
        const own = [0, 1, 2].map((clip) => Number(clips.data[128 * (3 * index + clip) + place]));
        expect(value).to.be.closeTo(own.reduce((sum, one) => sum + one, 0) / 3, 1e-5);
      }
    }
    expect(await linesOf('tables/videos.jsonl')).to.deep.equal(
      inputs.map((_, index) => ({
        video: `bounce-00${index}.mp4`,
        startSeconds: 0,
        clips: 3,
        model: list[0]?.['model'],
      })),
    );
  });

  it('makes parts that come to the same as one when they are joined', async () => {
    await mkdir(folder.path('parts'));
    const inputs = given.videos;
    await embed(asked('parts/all.npy', { inputs }));
    const embeddings = ['parts/0.npy', 'parts/1.npy'].map((name) => folder.path(name));
    for (const [index, out] of embeddings.entries())
      await embed({ ...asked('', { inputs, part: { index, count: 2 } }), out });
    const out = folder.path('parts/joined.npy');
    expect(await mergeEmbeddings({ embeddings: embeddings.toReversed(), out })).to.deep.equal({
      out,
      vectors: 24,
      videos: 8,
    });
    expect(await linesOf('parts/joined.jsonl')).to.deep.equal(await linesOf('parts/all.jsonl'));
    const [joined, all] = [decodeNpy(await readFile(out)), decodeNpy(await readFile(folder.path('parts/all.npy')))];
    expect(joined.shape).to.deep.equal([24, 128]);
    for (const [place, value] of all.data.entries()) expect(joined.data[place]).to.be.closeTo(value, 1e-5);

    const told: Progress[] = [];
    const ends = new AbortController();
    const onProgress = (progress: Progress) => {
      told.push(progress);
      if (progress.done === 5) ends.abort(new Error('enough'));
    };
    const ended = mergeEmbeddings(
      { embeddings, out: folder.path('parts/ended.npy') },
      { signal: ends.signal, onProgress },
    );
    expect(await rejectionOf(ended)).to.have.property('message', 'enough');
    expect(told.at(-1)).to.deep.equal({ unit: 'vectors', done: 5, total: 24 });
    expect((await readdir(folder.path('parts'))).filter((name) => name.includes('ended'))).to.deep.equal([]);

    await embed(asked('parts/other.npy', { layer: 0 }));
    for (const [parts, sentence] of [
      [
        [out, folder.path('parts/other.npy')],
        /other\.npy holds vectors of another model, layer or shape than .*joined\.npy/,
      ],
      [[out, folder.path('parts/0.npy')], /bounce-00\d\.mp4 is in .*joined\.npy and in .*0\.npy/],
      [[folder.path('parts/gone.npy')], /gone\.npy cannot be read/],
    ] as const) {
      const error = await rejectionOf(mergeEmbeddings({ embeddings: parts, out: folder.path('parts/no.npy') }));
      expect(error, String(sentence)).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.matches(sentence);
    }
  });

  it('refuses vectors that another call is writing', async () => {
    const options = asked('held.npy');
    const other = openFileHold(options.out);
    await other.take();
    expect(await rejectionOf(embed(options)))
      .to.be.instanceOf(LacunaError)
      .with.property('message')
      .that.matches(/held\.npy is in use by another Lacuna/);
    await other.release();
    await embed(options);
    const left = (await readdir(folder.path('.'))).filter((name) => name.includes('held'));
    expect(left).to.have.members(['held.npy', 'held.jsonl']);
  });

  it('refuses another ending and wrong options before it opens the model', async () => {
    const model = folder.path('no-model');
    for (const [options, sentence] of [
      [asked('x.txt', { model }), /x\.txt must end in \.npy/],
      [asked('x.npy', { model, inputs: [] }), /inputs/],
      [asked('x.npy', { model, threads: 0 }), /threads: .*, got 0/],
      [Object.assign(asked('x.npy', { model }), { seed: 1 }), /seed/],
    ] as const) {
      const error = await rejectionOf(embed(options));
      expect(error, String(sentence)).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      expect(error).to.have.property('message').that.matches(sentence);
    }
  });

  it('refuses a place that cannot be written before it reads a video', async () => {
    await mkdir(folder.path('places/b.jsonl'), { recursive: true });
    const progress: Progress[] = [];
    const places = ['nowhere/x.npy', 'places/b.npy'] as const;
    const errors = await Promise.all(
      places.map((name) => rejectionOf(embed(asked(name), { onProgress: (report) => progress.push(report) }))),
    );
    for (const [index, name] of ['nowhere/x.npy', 'places/b.jsonl'].entries()) {
      expect(errors[index]).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(errors[index]).to.have.property(
        'message',
        `${folder.path(name)} cannot be written; choose another --out.`,
      );
    }
    expect(progress).to.deep.equal([]);
    expect(await readdir(folder.path('places'))).to.deep.equal(['b.jsonl']);
  });
});
