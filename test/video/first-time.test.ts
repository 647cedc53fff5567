import { expect } from 'chai';
import { findFfmpeg } from '../../lib/video/find-ffmpeg.js';
import { parseFirstSeconds, readFirstSeconds } from '../../lib/video/first-time.js';
import { makeSound, makeWithFfmpeg, temporaryFolder } from './made-videos.js';

describe('readFirstSeconds', () => {
  const folder = temporaryFolder();

  it('says how much later than the sound the picture begins', async () => {
    const file = await makeWithFfmpeg(
      folder.path('late.mkv'),
      ...['-f', 'lavfi', '-i', 'testsrc=size=32x32:rate=10:duration=3', '-f', 'lavfi', '-i', 'sine=duration=3'],
      ...['-filter_complex', '[0:v]setpts=PTS+0.5/TB[v]', '-map', '[v]', '-map', '1:a', '-vsync', 'passthrough'],
      ...['-c:v', 'libx264', '-bf', '2', '-c:a', 'pcm_s16le'],
    );
    expect(await readFirstSeconds(await findFfmpeg(), file, {})).to.be.closeTo(0.5, 0.0011);
  });

  it('says nothing where there is no picture', async () => {
    const file = await makeSound(folder.path('sound.mp4'));
    expect(await readFirstSeconds(await findFfmpeg(), file, {})).to.equal(undefined);
  });
});

describe('parseFirstSeconds', () => {
  it('takes the earliest time, but none before the file begins', () => {
    const list = '#tb 0: 1/100\n0,  -20,  -20, 4, 7, 0xe3\n0,  -10,  8, 4, 7, 0xe3, F=0x0\n0, 0,  4, 4, 7, 0x1';
    expect(parseFirstSeconds(list)).to.equal(0.04);
    expect(parseFirstSeconds('')).to.equal(undefined);
  });
});
