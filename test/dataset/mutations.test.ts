// Longer: LACUNA_MUTATIONS=20000 npx mocha test/dataset/mutations.test.ts; another corpus: LACUNA_MUTATIONS_SEED=1.
import { expect } from 'chai';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare } from '../../lib/dataset/prepare.js';
import { hasEncoder } from '../../lib/video/ffmpeg-process.js';
import { findFfmpeg } from '../../lib/video/find-ffmpeg.js';
import { makeWithFfmpeg, temporaryFolder } from '../video/made-videos.js';
import { mutate } from './mutations.js';

const count = Number(process.env['LACUNA_MUTATIONS'] ?? 500);
const seed = Number(process.env['LACUNA_MUTATIONS_SEED'] ?? 0);

/** A container, and the encoder of its pictures. */
const kinds: readonly (readonly [file: string, encoder: string, ...words: readonly string[]])[] = [
  ['a.mp4', 'libx264', '-movflags', '+faststart'],
  ['b.mp4', 'mpeg4', '-movflags', '+frag_keyframe+empty_moov'],
  ['c.mov', 'mjpeg'],
  ['d.mkv', 'libx264'],
  ['e.webm', 'libvpx'],
  ['f.avi', 'mpeg4'],
  ['g.mpg', 'mpeg2video'],
  ['h.ts', 'mpeg2video'],
  ['i.flv', 'flv'],
  ['j.gif', 'gif'],
  ['k.wmv', 'wmv2'],
  ['l.ogv', 'libtheora'],
  ['m.mxf', 'mpeg2video'],
  ['n.nut', 'ffv1'],
];

describe(`prepare on ${count} damaged files`, () => {
  const folder = temporaryFolder();

  it('takes what is whole and lists the rest, every one of them', async function () {
    // About 50 ms of two cores for each file.
    this.timeout(60_000 + count * 500);
    const ffmpeg = await findFfmpeg();
    const sources: Uint8Array[] = [];
    const extensions: string[] = [];
    for (const [name, encoder, ...words] of kinds) {
      if (!(await hasEncoder(ffmpeg, encoder))) continue;
      const input = ['-f', 'lavfi', '-i', 'testsrc2=size=48x32:rate=25:duration=1'];
      const made = await makeWithFfmpeg(
        folder.path(name),
        ...input,
        '-threads',
        '1',
        '-c:v',
        encoder,
        '-g',
        '6',
        ...words,
      );
      sources.push(await readFile(made));
      extensions.push(extname(name));
    }
    expect(sources).to.have.length.at.least(8);

    await mkdir(folder.path('damaged'));
    const names = Array.from({ length: count }, (_, index) => {
      return `${String(index).padStart(6, '0')}${extensions[index % sources.length] ?? ''}`;
    });
    for (const [index, name] of names.entries()) {
      await writeFile(folder.path(`damaged/${name}`), mutate(sources, seed, index));
    }
    const options = {
      inputs: [folder.path('damaged')],
      out: folder.path('data'),
      ...{ size: 8, fps: 12, frames: 3, jobs: 2, maxSeconds: 10, timeoutSeconds: 30, maxPixels: 2 ** 20 },
    };
    const result = await prepare(options);

    const dataset = await openDataset(folder.path('data'));
    const withClips = new Set(dataset.clips.map(({ video }) => video));
    await dataset.close();
    const failed = new Set(result.failures.map(({ video }) => video));
    expect([...new Set([...withClips, ...failed])].sort()).to.deep.equal(names);
    // Each file is listed once, whatever went wrong with it, and in words that are the same in each folder.
    expect(failed.size).to.equal(result.failures.length);
    for (const { video, reason, detail } of result.failures) {
      expect(detail, video).to.match(/\w{3}/);
      expect(detail, video).not.to.contain(folder.path('damaged'));
      // A decoder that crashes is a defect of that ffmpeg, and listed like the rest; one that hangs would be one of ours.
      expect(reason, video).not.to.equal('timeout');
    }
    // The damage is neither so slight that all come through nor so grave that none does.
    expect(withClips.size).to.be.within(count * 0.2, count * 0.9);
    expect(failed.size).to.be.within(count * 0.2, count - 1);
    expect(await prepare(options)).to.include({ skipped: count, clips: result.clips });
  });
});

describe('mutate', () => {
  it('gives the same bytes for the same seed and number, and others for others', () => {
    const sources = [new Uint8Array(300).fill(1), new Uint8Array(200).fill(2)];
    const made = (from: number) => Array.from({ length: 40 }, (_, index) => [...mutate(sources, from, index)]);
    expect(made(5)).to.deep.equal(made(5));
    expect(made(6)).not.to.deep.equal(made(5));
    expect(sources.map((bytes) => new Set(bytes).size)).to.deep.equal([1, 1]);
  });
});
