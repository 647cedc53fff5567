import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { openDataset } from '../../lib/dataset/open-dataset.js';
import { prepare, type PrepareResult } from '../../lib/dataset/prepare.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { findFfmpeg } from '../../lib/video/find-ffmpeg.js';
import { probeVideo } from '../../lib/video/probe.js';
import { makeVideo, makeWithFfmpeg, rejectionOf, temporaryFolder } from '../video/made-videos.js';
import {
  type Bait,
  boundlessFiles,
  luringFiles,
  makeLuringMovie,
  makeOddEntries,
  writeHostileFiles,
} from './hostile-files.js';

const isPosix = process.platform !== 'win32';

describe('hostile files', () => {
  const folder = temporaryFolder();
  const requests: string[] = [];
  let server: Server;
  let bait: Bait;
  let result: PrepareResult;

  before(async () => {
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    await mkdir(folder.path('videos'));
    await makeWithFfmpeg(folder.path('bait.ts'), '-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=12:duration=2');
    bait = { file: folder.path('bait.ts'), address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    await makeVideo(folder.path('videos/good.mp4'), { frames: 24 });
    await writeHostileFiles(folder.path('videos'), [...luringFiles(bait), ...boundlessFiles()]);
    await makeLuringMovie(folder.path('videos/tracks-elsewhere.mov'), folder.path('elsewhere.mov'));
    if (isPosix) await makeOddEntries(folder.path('videos'));
    const limits = { maxSeconds: 60, timeoutSeconds: 20 };
    result = await prepare({
      inputs: [folder.path('videos')],
      out: folder.path('data'),
      ...{ size: 16, fps: 12, frames: 4, jobs: 2, ...limits },
    });
  });
  after(() => server.close());

  const clipsOf = async (): Promise<ReadonlyMap<string, number>> => {
    const dataset = await openDataset(folder.path('data'));
    const counts = new Map<string, number>();
    for (const { video } of dataset.clips) counts.set(video, (counts.get(video) ?? 0) + 1);
    await dataset.close();
    return counts;
  };
  const reasonOf = (name: string) => result.failures.find(({ video }) => video === name)?.reason;

  it('are each listed with the reason, and a good video beside them is taken', async () => {
    for (const [name, , reason] of [...luringFiles(bait), ...boundlessFiles()]) {
      expect(`${name} ${reasonOf(name)}`).to.equal(`${name} ${reason}`);
    }
    const clips = await clipsOf();
    // The bomb gives its minute and is ended.
    expect(clips).to.deep.equal(
      new Map([
        ['bomb.gif', 180],
        ['good.mp4', 6],
      ]),
    );
    for (const { detail } of result.failures) expect(detail).not.to.contain(folder.path(''));
  });

  it('have nothing else opened, neither by prepare nor by probeVideo and decodeVideo', async () => {
    for (const [name] of luringFiles(bait)) {
      const path = folder.path(`videos/${name}`);
      expect(await rejectionOf(probeVideo(path)), name).to.have.property('reason', 'not-a-video');
      const first = decodeVideo(path, { width: 8, height: 8 }).next();
      expect(await rejectionOf(first), name).to.have.property('reason', 'not-a-video');
    }
    expect(requests).to.deep.equal([]);
  });

  it('would have had it opened by an ffmpeg without these limits', async () => {
    const { path } = await findFfmpeg();
    const decode = (name: string, ...words: string[]) =>
      promisify(execFile)(path, ['-v', 'error', ...words, '-i', folder.path(`videos/${name}`), '-f', 'null', '-'], {
        timeout: 20_000,
      }).catch((error: unknown) => error);
    await decode('playlist-address.mp4', '-protocol_whitelist', 'file,http,tcp', '-f', 'hls');
    expect(requests).to.include('/segment.ts');
    requests.length = 0;
    const framesOf = async (name: string, ...words: string[]) => {
      const input = ['-v', 'error', ...words, '-i', folder.path(`videos/${name}`)];
      const { stdout } = await promisify(execFile)(path, [...input, '-f', 'framecrc', '-']);
      return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    };
    expect(await framesOf('script.mp4', '-f', 'concat', '-safe', '0')).to.equal(24);
    expect(await framesOf('tracks-elsewhere.mov', '-enable_drefs', '1', '-use_absolute_path', '1')).to.equal(24);
  });

  it('get no pictures from a QuickTime track that lies in another file', () => {
    expect(reasonOf('tracks-elsewhere.mov')).to.be.oneOf(['unreadable', 'truncated', 'too-short']);
  });

  (isPosix ? it : it.skip)('may be no files at all: pipes, devices and loops are never opened (POSIX)', () => {
    expect(result.failures.find(({ video }) => video === 'pipe.mp4')).to.deep.equal({
      ...{ video: 'pipe.mp4', reason: 'not-a-video', detail: 'it is a pipe' },
    });
    // A link to a device leads out of the folder; one to itself leads nowhere.
    expect(result.linksLeft).to.equal(1);
    expect(result.unreadable).to.deep.equal([{ path: folder.path('videos/loop.mp4'), code: 'ELOOP' }]);
  });

  it('may have pictures as large as the caller allows, and no larger', async () => {
    const decode = async (maxPixels: number) => {
      const options = { width: 8, height: 8, maxPixels };
      let frames = 0;
      for await (const frame of decodeVideo(folder.path('videos/good.mp4'), options)) frames += frame.length / 192;
      return frames;
    };
    // A picture counts with its padding, which is up to 64 × 64 here.
    expect(await decode(64 * 64)).to.equal(24);
    expect(await rejectionOf(decode(32 * 32 - 1))).to.have.property('reason', 'too-large');
  });
});

describe('hostile names', () => {
  const folder = temporaryFolder();
  const names = [
    ...[
      '-i.mp4',
      '-',
      'a:b.mp4',
      'http:x.mp4',
      'concat:a|b.mp4',
      '%d.mp4',
      'frame%03d.mp4',
      'a|b.mp4',
      '\'quoted".mp4',
    ],
    ...['a\nb.mp4', 'a\r\n[error] moov atom not found\nb.mp4', '\u001b[31mred.mp4', ' spaces .mp4', '$HOME `id`.mp4'],
    ...['caf\u00e9.mp4', 'cafe\u0301.mp4', '日本語🎞.mp4', 'a\\b.mp4', '[error] Too many open files.mp4', 'pipe:0.mp4'],
    `${'long'.repeat(62)}.mp4`,
  ];
  const listed = names.filter((name) => name !== '-');

  before(async function () {
    if (!isPosix) this.skip();
    await makeVideo(folder.path('plain.mp4'), { frames: 8 });
    for (const kind of ['good', 'bad']) {
      await mkdir(folder.path(kind));
      for (const name of listed) {
        const path = folder.path(`${kind}/${name}`);
        await (kind === 'good' ? copyFile(folder.path('plain.mp4'), path) : writeFile(path, 'no video\n'.repeat(40)));
      }
    }
  });

  const asked = (kind: string) => ({
    inputs: [folder.path(kind)],
    out: folder.path(`${kind}-data`),
    ...{ size: 16, fps: 12, frames: 4, jobs: 2 },
  });

  it('are just names', async () => {
    expect(await prepare(asked('good'))).to.include({ videos: listed.length, clips: 2 * listed.length });
    const lines = (await readFile(folder.path('good-data/clips.jsonl'), 'utf8')).trimEnd().split('\n');
    const videos = lines.map((line) => (JSON.parse(line) as { video: string }).video);
    expect([...new Set(videos)].sort()).to.deep.equal([...listed].sort());
    await rm(folder.path('good-data'), { recursive: true });
  });

  it('do not change what is said of a file', async () => {
    await copyFile(folder.path('plain.mp4'), folder.path('bad/plain.mp4'));
    const { failures } = await prepare(asked('bad'));
    expect(failures.map(({ video }) => video).sort()).to.deep.equal([...listed].sort());
    for (const { video, reason, detail } of failures) {
      expect(`${reason} ${video}`).to.equal(`not-a-video ${video}`);
      expect(detail, video).not.to.contain(folder.path('bad'));
    }
  });
});
