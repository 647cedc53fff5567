import { expect } from 'chai';
import { labelResults } from '../../lib/dataset/label-results.js';
import { readVideo } from '../../lib/dataset/read-video.js';
import { makeProgram, makeVideo, temporaryFolder, withFfmpeg } from '../video/made-videos.js';
import { findFfmpeg } from '../../lib/video/find-ffmpeg.js';

describe('labelResults', () => {
  const folder = temporaryFolder();
  const options = { frames: 4, stride: 1, hop: 4, size: 8, fps: 12, fit: 'cover' as const };
  const lines = [{ line: 2, file: 'a.mp4', label: 'cat', window: { startFrame: 8, numFrames: 9 } }];
  const read = async (path: string, known: Parameters<typeof labelResults>[2], startSeconds = 0) => {
    const results: unknown[] = [];
    const asked = { ...options, startSeconds };
    const alone = readVideo(path, asked, undefined);
    for await (const result of labelResults(alone, path, known, asked, undefined)) {
      if ('again' in result) throw new Error('nothing is read again');
      results.push('clip' in result ? [result.clip.startFrame, result.labels] : result.failure.detail);
    }
    return results;
  };

  it('finds the labelled frames by the rate of the file', async () => {
    // Frames 8 to 16 at 24 a second are frames 4 to 8 at 12.
    const file = await makeVideo(folder.path('a.mp4'), { fps: 24, frames: 24 });
    expect(await read(file, { lines })).to.deep.equal([
      [0, {}],
      [4, { label: 'cat' }],
      [8, {}],
    ]);
  });

  it('counts windows from the begin of the file, wherever reading begins', async () => {
    const file = await makeVideo(folder.path('late.mp4'), { fps: 24, frames: 48 });
    // From a quarter of a second on, which is frame 3 at 12 a second and 6 at 24.
    const results = await read(
      file,
      { lines: lines.map((line) => ({ ...line, window: { startFrame: 14, numFrames: 8 } })) },
      0.25,
    );
    expect(results.slice(0, 3)).to.deep.equal([
      [0, {}],
      [4, { label: 'cat' }],
      [8, {}],
    ]);
  });

  it('lists a file that does not say its rate, and still gives its clips', async () => {
    const file = await makeVideo(folder.path('b.mp4'), { frames: 12 });
    const { path } = await findFfmpeg();
    const program = await makeProgram(
      folder.path('ffmpeg'),
      `case "$*" in *pipe:1*) exec "${path}" "$@";; esac; "${path}" "$@" 2>&1 | sed -E 's/, [0-9.]+ (fps|tbr)//g' >&2; exit 1`,
    );
    await withFfmpeg(program, async () => {
      const results = await read(file, { lines, group: 'g' });
      expect(results.slice(0, 3)).to.deep.equal([0, 4, 8].map((start) => [start, { group: 'g' }]));
      expect(results.slice(3)).to.deep.equal([
        'the file does not say its rate, so that its labelled frames cannot be found',
      ]);
      // Where no window needs the rate, nobody asks for it.
      expect(await read(file, { lines: [{ line: 2, file: 'b.mp4', label: 'cat' }] })).to.deep.equal(
        [0, 4, 8].map((start) => [start, { label: 'cat' }]),
      );
    });
  });

  it('lists a file that is no video once', async () => {
    const results = await read(new URL(import.meta.url).pathname, { lines });
    expect(results).to.have.length(1);
  });
});
