import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { beginsAsVideo, isToldByName, startBytes } from '../../lib/video/video-start.js';
import { makeWithFfmpeg, temporaryFolder } from './made-videos.js';

describe('beginsAsVideo', () => {
  const folder = temporaryFolder();

  it('knows what ffmpeg writes', async () => {
    for (const name of ['a.mp4', 'a.mov', 'a.mkv', 'a.gif', 'a.y4m', 'a.mjpeg', 'a.m4v', 'a.m2v']) {
      const made = await makeWithFfmpeg(
        folder.path(name),
        '-f',
        'lavfi',
        '-i',
        'testsrc2=size=64x64:rate=25:duration=0.2',
      );
      expect(beginsAsVideo((await readFile(made)).subarray(0, startBytes)), name).to.equal(true);
    }
  });

  it('takes nothing else for one', () => {
    for (const text of ['', 'this is a note', '\0'.repeat(20), '#EXTM3U', '<?xml version', 'abcdmoo']) {
      expect(beginsAsVideo(Buffer.from(text)), text).to.equal(false);
    }
  });
});

describe('isToldByName', () => {
  it('leaves out containers whose beginnings are not known here', () => {
    expect(['a.mp4', 'a.MKV', '/b.c/a.h265', 'a.mjpeg'].map(isToldByName)).to.deep.equal([true, true, true, true]);
    expect(['a.ts', 'a.avi', 'mp4', 'a.mp4.txt'].map(isToldByName)).to.deep.equal([false, false, false, false]);
  });
});
