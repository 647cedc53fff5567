import { expect } from 'chai';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { clipLength } from '../../lib/clip/clip.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { indexVideos } from '../../lib/dataset/index-videos.js';
import { createLoader } from '../../lib/dataset/loader.js';
import { type Dataset, openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import { type PrepareOptions, resolvePrepareOptions } from '../../lib/dataset/prepare-options.js';
import { makeVideo, makeWithFfmpeg, rejectionOf, temporaryFolder } from '../video/made-videos.js';

/** Moving pictures with sound in them that no two frames share, 5 seconds long. */
const source = (rate: string) => ['-f', 'lavfi', '-i', `testsrc2=size=96x64:rate=${rate}:duration=5`];
const bFrames = ['-c:v', 'libx264', '-g', '50', '-bf', '3', '-pix_fmt', 'yuv420p'];

describe('createStreamReader', () => {
  const folder = temporaryFolder();
  const options = (out: string, changes: Partial<PrepareOptions> = {}): PrepareOptions => ({
    ...{ inputs: [folder.path('videos')], out: folder.path(out), size: 16, fps: 12, frames: 5, stride: 2, hop: 7 },
    ...{ shardClips: 9, ...changes },
  });
  const openIndex = async (out: string, changes: Partial<PrepareOptions> = {}): Promise<Dataset> => {
    await indexVideos(resolvePrepareOptions(options(out, changes)), folder.path('none'));
    return openDataset(folder.path(out));
  };
  const read = async (dataset: Dataset, rows: readonly number[]) => {
    const into = new Uint8Array(rows.length * clipLength(dataset.shape));
    await dataset.readClips(rows, into);
    return Buffer.from(into);
  };

  before(async () => {
    await mkdir(folder.path('videos'));
    const at = (name: string) => folder.path(`videos/${name}`);
    await makeWithFfmpeg(at('b-frames-25.mp4'), ...source('25'), ...bFrames);
    await makeWithFfmpeg(at('ntsc.mkv'), ...source('30000/1001'), ...bFrames);
    await makeWithFfmpeg(at('late.ts'), ...source('50'), ...bFrames, '-output_ts_offset', '3.3');
    // Every third frame is gone, and those that are left keep their times.
    const gaps = ['-vf', "select='mod(n,3)'", '-fps_mode', 'passthrough'];
    await makeWithFfmpeg(at('gaps.mp4'), ...source('24'), ...gaps, ...bFrames);
    await makeWithFfmpeg(at('loop.gif'), ...source('10'));
  });

  for (const changes of [
    {},
    { fps: 7.5, stride: 1, hop: 4 },
    { fps: 60, frames: 3, stride: 5, hop: 40 },
    { grey: true },
  ]) {
    it(`gives the bytes of the prepared dataset, with ${JSON.stringify(changes)}`, async () => {
      const name = `of-${Object.values(changes).join('-')}`;
      await prepare(options(`${name}-prepared`, changes));
      const prepared = await openDataset(folder.path(`${name}-prepared`));
      const streamed = await openIndex(`${name}-streamed`, changes);
      expect(streamed.clips).to.deep.equal(prepared.clips);
      expect(streamed.fingerprint).to.equal(prepared.fingerprint);
      expect(streamed.clips.length).to.be.above(20);
      // Backwards, many at once.
      const rows = [...streamed.clips.keys()].reverse();
      expect((await read(streamed, rows)).equals(await read(prepared, rows))).to.equal(true);
      // Again, now that it is known where seeking fails.
      expect((await read(streamed, rows)).equals(await read(prepared, rows))).to.equal(true);
      await Promise.all([streamed.close(), prepared.close()]);
    });
  }

  it('feeds a loader with the batches of the prepared dataset', async () => {
    await prepare(options('fed-prepared'));
    const datasets = [await openDataset(folder.path('fed-prepared')), await openIndex('fed-streamed')];
    const loaders = datasets.map((dataset) =>
      createLoader(dataset, {
        ...{ rows: Int32Array.from(dataset.clips.keys()), batch: 4, repeat: 2, seed: 3, flip: true, crop: 0.5 },
      }),
    );
    for (const step of [0, 1, 5]) {
      const [one, other] = await Promise.all(loaders.map((loader) => loader.load(step)));
      expect(one?.pixels).to.deep.equal(other?.pixels);
      expect(one?.rows).to.deep.equal(other?.rows);
    }
    // What is being read ahead does not hold up the end.
    await Promise.all(loaders.map((loader) => loader.close()));
    await Promise.all(datasets.map((dataset) => dataset.close()));
  });

  it('says which file does not give what it gave, or is gone', async () => {
    await mkdir(folder.path('changing'));
    const file = folder.path('changing/a.mp4');
    await makeVideo(file, { frames: 40 });
    const dataset = await openIndex('changing-index', { inputs: [folder.path('changing')] });
    await read(dataset, [1]);
    await makeVideo(file, { frames: 40, value: (frame) => 200 - 4 * frame });
    for (const change of [() => undefined, () => writeFile(file, 'text'), () => copyFile('/dev/null', file)]) {
      await change();
      const error = await rejectionOf(read(dataset, [0, 1]));
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'input');
      expect(error).to.have.property('message').that.includes(`${file} does not give the clip at `);
    }
    await dataset.close();
  });

  it('ends by the signal of a call and when it is closed, and refuses a row that is not there', async () => {
    const dataset = await openIndex('ended');
    const into = new Uint8Array(8 * clipLength(dataset.shape));
    const rows = [7, 6, 5, 4, 3, 2, 1, 0];
    const reason = new Error('enough');
    const stop = new AbortController();
    const stopped = rejectionOf(dataset.readClips(rows, into, stop.signal));
    stop.abort(reason);
    expect(await stopped).to.equal(reason);
    expect(await rejectionOf(read(dataset, [dataset.clips.length]))).to.be.instanceOf(RangeError);
    const late = rejectionOf(dataset.readClips(rows, into));
    await dataset.close();
    expect(await late).to.have.property('message', 'the videos were used after they were closed');
  });

  it('is damaged where a clip has no checksum', async () => {
    const dataset = await openIndex('damaged');
    await dataset.close();
    const list = await readFile(folder.path('damaged/videos.jsonl'), 'utf8');
    await writeFile(folder.path('damaged/videos.jsonl'), list.replaceAll(/"checks":\[[^\]]*\]/g, '"checks":[]'));
    const reopened = await openDataset(folder.path('damaged'));
    expect(await rejectionOf(read(reopened, [0]))).to.be.instanceOf(LacunaError);
    await reopened.close();
  });
});
