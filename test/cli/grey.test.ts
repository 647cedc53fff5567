// Tests that grey clips go the whole way: prepared, learned from, filled in, measured, shown and embedded.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decode } from 'fast-png';
import { expect } from 'chai';
import { greyOf, toRgb } from '../../lib/clip/grey.js';
import { clipLength } from '../../lib/clip/clip.js';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { decodeNpy } from '../../lib/formats/npy.js';
import { readRunConfig } from '../../lib/run/run-config.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { temporaryFolder } from '../video/made-videos.js';
import { startCommand } from './start-command.js';
import { type TrainedRun, trainedOptions, trainedRun } from './trained-run.js';

describe('lacuna with --grey', () => {
  const folder = temporaryFolder();
  let given: TrainedRun;
  let world: string;
  const succeed = async (...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await startCommand([...words, '--quiet']);
    expect(code, stderr).to.equal(0);
    return stdout;
  };
  const firstClip = async (name: string): Promise<Uint8Array> => {
    const dataset = await openDataset(name);
    const clip = new Uint8Array(clipLength(dataset.shape));
    await dataset.readClips([0], clip);
    await dataset.close();
    return clip;
  };
  before(async () => {
    given = await trainedRun();
    world = path.join(given.folder, 'world');
    await succeed('prepare', world, '--grey', '--out', folder.path('data'));
    const learning = ['--hide', 'gap:4-7', ...trainedOptions.slice(2)];
    await succeed('pretrain', folder.path('data'), '--out', folder.path('run'), ...learning);
  });

  it('prepares the grey of each pixel, a third of the bytes', async () => {
    expect(await firstClip(folder.path('data'))).to.deep.equal(greyOf(await firstClip(given.dataset)));
    expect(await succeed('inspect', folder.path('data'))).to.contain('16 frames of 64 × 64 grey pixels');
  });

  it('learns a smaller network from the videos alike', async () => {
    const { model } = (await readRunConfig(folder.path('run'))) ?? {};
    expect(model).to.include({ family: 'conv', channels: 1 });
    const words = ['--hide', 'gap:4-7', ...trainedOptions.slice(2), '--stream', '--grey'];
    await succeed('pretrain', world, '--out', folder.path('streamed'), ...words);
    const weights = (run: string) => readFile(path.join(folder.path(run), 'model.safetensors'));
    expect((await weights('streamed')).equals(await weights('run'))).to.equal(true);
  });

  it('refuses a dataset of the other kind', async () => {
    const { code, stderr } = await startCommand(['evaluate', folder.path('run'), given.dataset, '--hide', 'gap:4-7']);
    expect(code).to.equal(2);
    expect(stderr)
      .to.match(/16 × 64 × 64 × 1/)
      .and.match(/16 × 64 × 64 × 3/);
  });

  it('measures beside all trivial fills', async () => {
    const words = ['--hide', 'gap:4-7', '--json'];
    const text = await succeed('evaluate', folder.path('run'), folder.path('data'), ...words);
    const { evaluations } = JSON.parse(text) as { evaluations: { figures: { name: string }[] }[] };
    expect(evaluations[0]?.figures.map(({ name }) => name)).to.include.members([
      'motion interpolation',
      'linear blend',
      'mean frame',
    ]);
  });

  it('fills in a video of colours: grey where it was hidden, as it was elsewhere', async () => {
    const [video = ''] = given.videos;
    const out = folder.path('filled.npy');
    await succeed('predict', folder.path('run'), video, '--hide', 'gap:4-7', '--out', out);
    const { shape, data } = decodeNpy(await readFile(out));
    const truth: Uint8Array[] = [];
    const [frames = 0, height = 0, width = 0] = shape;
    for await (const frame of decodeVideo(video, { width, height })) truth.push(frame);
    expect(truth).to.have.length(frames);
    for (const [index, frame] of truth.entries()) {
      const made = Uint8Array.from(data.subarray(index * frame.length, (index + 1) * frame.length));
      if (index < 4 || index > 7) expect(made).to.deep.equal(frame);
      else expect(made).to.deep.equal(toRgb(greyOf(made), 1));
    }
    expect(truth[5]).not.to.deep.equal(toRgb(greyOf(truth[5] ?? new Uint8Array(0)), 1));
  });

  it('draws a report, and finds and embeds videos', async () => {
    await succeed('report', folder.path('run'), '--threads', '1');
    expect(await readFile(path.join(folder.path('run'), 'report.html'), 'utf8')).to.contain('data:image/gif');
    await succeed('embed', folder.path('run'), world, '--out', folder.path('vectors.npy'));
    const [video = ''] = given.videos;
    const sheet = folder.path('sheet.png');
    await succeed(
      'search',
      folder.path('vectors.npy'),
      video,
      '--model',
      folder.path('run'),
      '--sheet',
      sheet,
      '--videos',
      world,
    );
    expect(decode(await readFile(sheet)).width).to.be.above(64);
    await succeed('surprise', folder.path('run'), video, '--json');
  });
});
