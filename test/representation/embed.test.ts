import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { decodeNpy } from '../../lib/formats/npy.js';
import { embed, type EmbedOptions } from '../../lib/representation/embed.js';
import { embedVideos } from '../../lib/representation/embed-videos.js';
import { loadModel } from '../../lib/run/load-model.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { rejectionOf, temporaryFolder } from '../video/made-videos.js';

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
    expect(result).to.deep.equal({ out: folder.path('whole/vectors.npy'), ...expected });
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
      expect(await readdir(folder.path('kept'))).to.deep.equal(['old.jsonl', 'old.npy']);
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

    const reason = new Error('enough');
    expect(await rejectionOf(embed(asked('kept/old.npy'), { signal: AbortSignal.abort(reason) }))).to.equal(reason);
    await isAsItWas();
    const inputs = given.videos.slice(0, 4);
    // The last video has come, eight vectors are written and four are not.
    const stop = new AbortController();
    const onProgress = ({ done }: Progress) => done === 4 && stop.abort(reason);
    expect(await rejectionOf(embed(asked('kept/old.npy', { inputs }), { signal: stop.signal, onProgress }))).to.equal(
      reason,
    );
    await isAsItWas();
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
