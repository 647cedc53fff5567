import { mkdir, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect } from 'chai';
import type { JobControls, Progress } from '../../lib/clip/job.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import type { FailureRecord } from '../../lib/dataset/dataset-files.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { type Embedding, embedVideos, type EmbedStreamOptions } from '../../lib/representation/embed-videos.js';
import { type LoadedModel, loadModel } from '../../lib/run/load-model.js';
import { type TrainedRun, trainedRun } from '../cli/trained-run.js';
import { cutFile, makeVideo, rejectionOf, temporaryFolder } from '../video/made-videos.js';

describe('embedVideos', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let model: LoadedModel;
  let whole: readonly Embedding[];

  const collect = async (
    inputs: readonly string[],
    options: EmbedStreamOptions = {},
    controls: JobControls = {},
    into: Embedding[] = [],
  ): Promise<readonly Embedding[]> => {
    for await (const embedding of embedVideos(model, inputs, options, controls)) into.push(embedding);
    return into;
  };
  const videosOf = (embeddings: readonly Embedding[]) => [...new Set(embeddings.map(({ video }) => video))];

  before(async () => {
    given = await trainedRun();
    model = await loadModel(given.run, { threads: 1 });
    whole = await collect(given.videos);
    await writeFile(folder.path('text.mp4'), 'this is no video\n');
    await makeVideo(folder.path('short.mp4'), { frames: 3 });
    const noise = (frame: number, y: number, x: number) => (frame * 37 + y * x) % 256;
    await makeVideo(folder.path('cut.mp4'), { width: 64, height: 64, frames: 60, value: noise });
    await cutFile(folder.path('cut.mp4'), 0.6);
    await mkdir(folder.path('empty'));
  });
  after(() => model.compute.close());

  it('yields each clip of each video, in order, one after the other in time', () => {
    expect(whole.map(({ video, startSeconds }) => [video, startSeconds * 12])).to.deep.equal(
      given.videos.flatMap((video) => [0, 16, 32].map((frame) => [basename(video), frame])),
    );
  });

  it('yields what the network makes of just those pixels', async () => {
    const dataset = await openDataset(given.dataset);
    try {
      const pixels = new Uint8Array(2 * 16 * 64 * 64 * 3);
      await dataset.readClips([4, 20], pixels);
      const h = await model.compute.call('embed', { pixels, clips: 2, batch: 2 });
      for (const [place, row] of [4, 20].entries()) {
        const { video, startSeconds } = dataset.clips[row] ?? {};
        const found = whole.find((clip) => clip.video === video && clip.startSeconds === startSeconds);
        expectClose(found?.h, h.slice(place * 128, (place + 1) * 128));
      }
    } finally {
      await dataset.close();
    }
  });

  it('yields the same vectors whatever batch a clip falls into, and different ones for different clips', async () => {
    const alone = await collect(given.videos.slice(5, 6));
    expect(alone).to.have.length(3);
    for (const [index, { h }] of alone.entries()) expectClose(h, whole[15 + index]?.h);
    const turned = await collect([...given.videos].reverse());
    expect(videosOf(turned)).to.deep.equal(videosOf(whole).reverse());
    for (const { video, startSeconds, h } of turned) {
      expectClose(h, whole.find((clip) => clip.video === video && clip.startSeconds === startSeconds)?.h);
    }
    const [one, other] = [whole[0]?.h ?? new Float32Array(), whole[23]?.h];
    expect(one.some((value, index) => Math.abs(value - (other?.[index] ?? NaN)) > 1e-3)).to.equal(true);
  });

  it('keeps to the model’s frames a second and stride', async () => {
    const config = { ...model.config, data: { ...model.config.data, fps: 6, stride: 2 } };
    const file = await makeVideo(folder.path('long.mp4'), { width: 64, height: 64, frames: 140 });
    const clips: Embedding[] = [];
    for await (const clip of embedVideos({ ...model, config }, [file])) clips.push(clip);
    // 70 frames at 6 a second; a clip reaches over 31 of them and the next begins after 32.
    expect(clips.map(({ startSeconds }) => startSeconds)).to.deep.equal([0, 32 / 6]);
  });

  it('tells of each video that cannot be read, or not in full, and goes on', async () => {
    const failures: FailureRecord[] = [];
    const progress: Progress[] = [];
    const inputs = [folder.path('text.mp4'), given.videos[0] ?? '', folder.path('cut.mp4'), folder.path('short.mp4')];
    const embeddings = await collect(
      inputs,
      { onFailure: (failure) => failures.push(failure) },
      { onProgress: (report) => progress.push(report) },
    );
    expect(failures.map(({ video, reason }) => `${video} ${reason}`)).to.deep.equal([
      ...['text.mp4 not-a-video', 'cut.mp4 truncated', 'short.mp4 too-short'],
    ]);
    // A file that is damaged half-way gives its whole clips.
    expect(videosOf(embeddings)).to.deep.equal(['bounce-000.mp4', 'cut.mp4']);
    expect(embeddings.length).to.be.within(4, 5);
    expect(progress).to.deep.equal(
      inputs.map((input, index) => ({ unit: 'videos', done: index + 1, total: 4, note: basename(input) })),
    );
  });

  it('throws after all other videos where nobody asked for failures', async () => {
    const embeddings: Embedding[] = [];
    const inputs = [folder.path('text.mp4'), folder.path('short.mp4'), given.videos[0] ?? ''];
    const error = await rejectionOf(collect(inputs, {}, {}, embeddings));
    expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
    expect(error)
      .to.have.property('message')
      .that.matches(/^text\.mp4 is not-a-video \(.*\), and 1 more could not be read either\.$/);
    expect(embeddings).to.have.length(3);
  });

  it('refuses inputs without a video', async () => {
    for (const [input, sentence] of [
      [folder.path('empty'), /^No video was found in .*empty/],
      [folder.path('missing.mp4'), /missing\.mp4 does not exist/],
    ] as const) {
      const error = await rejectionOf(collect([input]));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.matches(sentence);
    }
  });

  it('can be left early and asked again', async () => {
    for await (const { video } of embedVideos(model, given.videos)) {
      expect(video).to.equal('bounce-000.mp4');
      break;
    }
    const again = await collect(given.videos.slice(0, 1));
    expectClose(again[0]?.h, whole[0]?.h);
  });

  it('ends with the reason of the signal before the first video, after any, and between two vectors', async () => {
    const reason = new Error('enough');
    const before: Embedding[] = [];
    const aborted = collect(given.videos, {}, { signal: AbortSignal.abort(reason) }, before);
    expect(await rejectionOf(aborted)).to.equal(reason);
    expect(before).to.deep.equal([]);

    for (const last of [1, 2]) {
      const stop = new AbortController();
      const onProgress = ({ done }: Progress) => done === last && stop.abort(reason);
      const stopped = collect(given.videos.slice(0, 2), {}, { signal: stop.signal, onProgress });
      expect(await rejectionOf(stopped), `after ${last}`).to.equal(reason);
    }

    const stop = new AbortController();
    const seen: Embedding[] = [];
    const left = async () => {
      for await (const embedding of embedVideos(model, given.videos, {}, { signal: stop.signal })) {
        seen.push(embedding);
        if (seen.length === 2) stop.abort(reason);
      }
    };
    expect(await rejectionOf(left())).to.equal(reason);
    expect(seen).to.have.length(2);
  });
});

function expectClose(one: Float32Array | undefined, other: Float32Array | undefined): void {
  expect(one).to.have.length(128);
  expect(other).to.have.length(128);
  one?.forEach((value, index) => expect(value).to.be.closeTo(other?.[index] ?? NaN, 1e-5));
}
