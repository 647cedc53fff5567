import { expect } from 'chai';
import { writeFile } from 'node:fs/promises';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { parseInput, probeVideo } from '../../lib/video/probe.js';
import { makeSound, makeVideo, makeWithFfmpeg, rejectionOf, temporaryFolder, turnVideo } from './made-videos.js';

describe('probeVideo', () => {
  const folder = temporaryFolder();

  it('says size, rate, length, codec and container', async () => {
    const file = await makeVideo(folder.path('plain.mp4'), { width: 48, height: 32, fps: 15, frames: 30 });
    const info = await probeVideo(file);
    expect(info).to.deep.include({ width: 48, height: 32, fps: 15, container: 'mov,mp4,m4a,3gp,3g2,mj2' });
    expect(info.durationSeconds).to.be.closeTo(2, 0.011);
    expect(info.codec).to.be.oneOf(['h264', 'mpeg4']);
  });

  it('gives the size as shown: turned, with square pixels', async () => {
    const turned = await turnVideo(await makeVideo(folder.path('turned.mp4'), { width: 48, height: 32 }));
    expect(await probeVideo(turned)).to.include({ width: 32, height: 48 });
    const wide = await makeWithFfmpeg(
      folder.path('wide.mkv'),
      ...['-f', 'lavfi', '-i', 'testsrc=size=48x32:duration=1', '-vf', 'setsar=3/2', '-c:v', 'mpeg4'],
    );
    expect(await probeVideo(wide)).to.include({ width: 72, height: 32, codec: 'mpeg4' });
  });

  it('reads files whatever they are called', async () => {
    for (const name of ['-i.mp4', 'a:b.mp4', 'frame%03d.mp4', "it's [a] video; really.mp4", 'line\nfeed.mp4']) {
      expect(await probeVideo(await makeVideo(folder.path(name), { frames: 2 }))).to.include({ width: 32 });
    }
  });

  it('says why a file is no video', async () => {
    await writeFile(folder.path('text.mp4'), 'this is not a video\n'.repeat(50));
    await writeFile(folder.path('empty.mp4'), '');
    await makeSound(folder.path('sound.mp4'));
    const reasonOf = async (name: string) => rejectionOf(probeVideo(folder.path(name)));
    expect(await reasonOf('text.mp4')).to.have.property('reason', 'not-a-video');
    expect(await reasonOf('empty.mp4')).to.have.property('reason', 'not-a-video');
    expect(await reasonOf('sound.mp4')).to.have.property('reason', 'no-video-stream');
    expect(await reasonOf('absent.mp4'))
      .to.be.instanceOf(LacunaError)
      .and.not.have.property('reason');
  });
});

describe('parseInput', () => {
  const header = [
    "[info] Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/x.mp4':",
    '[info]   Duration: 01:02:03.50, start: 0.000000, bitrate: 1 kb/s',
  ];
  const stream =
    '[info]   Stream #0:1[0x1](und): Video: hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(tv, bt709/x), 1280x720 [SAR 1:1 DAR 16:9], 90k tbr';

  it('passes over cover pictures and sound, and reads rates in thousands', () => {
    const cover = '[info]   Stream #0:0: Video: mjpeg, yuvj420p, 600x600, 90k tbr (attached pic)';
    expect(parseInput([...header, cover, '[info]   Stream #0:2: Audio: aac', stream])).to.deep.equal({
      width: 1280,
      height: 720,
      fps: 90_000,
      durationSeconds: 3723.5,
      codec: 'hevc',
      container: 'mov,mp4,m4a,3gp,3g2,mj2',
    });
  });

  it('reads the turn of that stream only, in both spellings', () => {
    const matrix = '[info]       displaymatrix: rotation of -90.00 degrees';
    const tag = '      rotate          : 270';
    const other = '  Stream #0:3: Video: h264, yuv420p, 64x48, 25 fps';
    expect(parseInput([...header, stream, matrix])).to.include({ width: 720, height: 1280 });
    expect(parseInput([...header, stream, tag])).to.include({ width: 720, height: 1280 });
    expect(parseInput([...header, stream, other, matrix])).to.include({ width: 1280, height: 720 });
    expect(parseInput([...header, stream, matrix.replace('-90', '180')])).to.include({ width: 1280, height: 720 });
  });

  it("prefers the container's pixel proportions, and takes unknown ones for square", () => {
    expect(
      parseInput([
        ...header,
        '  Stream #0:0: Video: h264, yuv420p, 720x576 [SAR 16:15 DAR 4:3], SAR 64:45 DAR 16:9, 25 fps',
      ]),
    ).to.include({ width: 1024 });
    expect(
      parseInput([...header, '  Stream #0:0: Video: h264, yuv420p, 720x576 [SAR 0:1 DAR 0:1], 25 fps']),
    ).to.include({ width: 720 });
  });

  it('leaves out what is not said', () => {
    const info = parseInput([
      "Input #0, gif, from 'x':",
      '  Duration: N/A, bitrate: N/A',
      '  Stream #0:0: Video: gif, bgra, 8x8',
    ]);
    expect(info).to.deep.equal({ width: 8, height: 8, codec: 'gif', container: 'gif' });
  });

  it('tells no input, no picture and no size apart', () => {
    expect(parseInput(['[error] x: Invalid data'])).to.equal(undefined);
    expect(parseInput([...header, '  Stream #0:0: Audio: aac'])).to.equal('no-video-stream');
    expect(parseInput([...header, '  Stream #0:0: Video: h264 (avc1 / 0x31637661), none, 25 fps'])).to.equal(
      'unreadable',
    );
  });
});
