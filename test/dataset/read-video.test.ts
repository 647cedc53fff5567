import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { type ReadOptions, type ReadResult, readVideo } from '../../lib/dataset/read-video.js';
import {
  cutFile,
  greyOf,
  makeProgram,
  makeVideo,
  rejectionOf,
  temporaryFolder,
  withFfmpeg,
} from '../video/made-videos.js';

describe('readVideo', () => {
  const folder = temporaryFolder();
  const options: ReadOptions = { size: 16, fps: 12, fit: 'cover', frames: 4, stride: 1, hop: 4 };
  const readAll = async (
    file: string,
    given: Partial<ReadOptions> = {},
    signal?: AbortSignal,
  ): Promise<ReadResult[]> => {
    const results: ReadResult[] = [];
    for await (const result of readVideo(file, { ...options, ...given }, signal)) results.push(result);
    return results;
  };
  const startsOf = (results: readonly ReadResult[]) =>
    results.map((result) => ('clip' in result ? result.clip.startFrame : result.failure.reason));

  before(() => makeVideo(folder.path('good.mp4'), { frames: 18 }));

  it('yields each whole clip with the pixels of its frames', async () => {
    const results = await readAll(folder.path('good.mp4'), { stride: 2, hop: 5 });
    expect(startsOf(results)).to.deep.equal([0, 5, 10]);
    for (const result of results) {
      if (!('clip' in result)) throw new Error('there is a failure');
      const { startFrame, pixels } = result.clip;
      expect(pixels).to.have.length(4 * 16 * 16 * 3);
      [0, 1, 2, 3].forEach((place) => {
        expect(pixels[place * 16 * 16 * 3 + 77]).to.be.closeTo(greyOf(startFrame + 2 * place), 3);
      });
    }
  });

  it('begins where it is told to', async () => {
    const [first] = await readAll(folder.path('good.mp4'), { startSeconds: 6 / 12 });
    if (first === undefined || !('clip' in first)) throw new Error('there is no clip');
    expect(first.clip.startFrame).to.equal(0);
    expect(first.clip.pixels[0]).to.be.closeTo(greyOf(6), 3);
  });

  it('ends with a failure, never with an error, for what is wrong with the file', async () => {
    await writeFile(folder.path('text.mp4'), 'not a video\n'.repeat(50));
    expect(startsOf(await readAll(folder.path('text.mp4')))).to.deep.equal(['not-a-video']);
    expect(await readAll(folder.path('absent.mp4'))).to.deep.equal([
      { failure: { reason: 'unreadable', detail: 'there is no such file any more, or its name is not UTF-8' } },
    ]);
    const short = await readAll(folder.path('good.mp4'), { frames: 10, stride: 2 });
    expect(short).to.deep.equal([
      { failure: { reason: 'too-short', detail: '18 frames at 12 a second, where a clip takes 19' } },
    ]);
  });

  it('gives the whole clips of a file that is cut off, and then the failure', async () => {
    const noise = (frame: number, y: number, x: number) => (frame * 37 + y * x) % 256;
    await makeVideo(folder.path('cut.mp4'), { frames: 40, width: 64, height: 64, value: noise });
    const starts = startsOf(await readAll(await cutFile(folder.path('cut.mp4'), 0.5)));
    expect(starts.at(-1)).to.equal('truncated');
    expect(starts.length).to.be.within(2, 10);
    expect(starts.slice(0, -1)).to.deep.equal(starts.slice(0, -1).map((_, clip) => 4 * clip));
  });

  it('gives a decoder up that says nothing, after the time it is given', async () => {
    const program = await makeProgram(folder.path('silent'), 'exec sleep 60');
    const results = await withFfmpeg(program, () => readAll(folder.path('good.mp4'), { timeoutSeconds: 0.1 }));
    expect(startsOf(results)).to.deep.equal(['timeout']);
  });

  it('throws where it is not the file that is wrong', async () => {
    const reason = new Error('SIGINT');
    expect(await rejectionOf(readAll(folder.path('good.mp4'), {}, AbortSignal.abort(reason)))).to.equal(reason);
    const stop = new AbortController();
    const stopped = async () => {
      for await (const result of readVideo(folder.path('good.mp4'), options, stop.signal)) {
        expect(result).to.have.property('clip');
        stop.abort(reason);
      }
    };
    expect(await rejectionOf(stopped())).to.equal(reason);
    expect(await rejectionOf(readAll(folder.path('good.mp4'), { size: 0 }))).to.be.instanceOf(RangeError);
  });

  it('leaves no decoder behind where the reader leaves early', async () => {
    const program = await makeProgram(folder.path('endless'), 'echo $$ > "$0.pid"; exec cat /dev/zero');
    await withFfmpeg(program, async () => {
      for await (const result of readVideo(folder.path('good.mp4'), options, undefined)) {
        expect(result).to.have.property('clip');
        break;
      }
    });
    const pid = Number(await readFile(folder.path('endless.pid'), 'utf8'));
    // Where it still runs, this ends it and the test fails.
    expect(() => process.kill(pid, 'SIGKILL')).to.throw('ESRCH');
  });
});
