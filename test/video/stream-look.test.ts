import { expect } from 'chai';
import { findVideoStream, isSameLook, plainLook, readLook } from '../../lib/video/stream-look.js';

const look = (line: string, ...about: string[]) => readLook({ line: `  Stream #0:0: Video: ${line}`, about });

describe('findVideoStream', () => {
  const lines = [
    "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/x.mp4':",
    '  Stream #0:0: Video: mjpeg, yuvj420p, 600x600, 90k tbr (attached pic)',
    '  Stream #0:1: Audio: aac',
    '  Stream #0:2: Video: h264, yuv420p, 64x48',
    '      displaymatrix: rotation of -90.00 degrees',
    '  Stream #0:3: Video: h264, yuv420p, 32x32',
    'Stream mapping:',
    '  Stream #0:2 -> #0:0 (h264 (native) -> rawvideo (native))',
  ];

  it('gives the first that is no cover picture, and what is said of it alone', () => {
    const found = findVideoStream(lines);
    expect(found?.line).to.include('64x48');
    expect(found?.about).to.deep.equal([lines[4]]);
  });

  it('does not take the output for the input', () => {
    const output = ["Output #0, rawvideo, to 'pipe:1':", '  Stream #0:0: Video: rawvideo, rgb24, 8x8'];
    expect(findVideoStream([lines[0] ?? '', lines[2] ?? '', ...output])).to.equal(undefined);
  });
});

describe('readLook', () => {
  it('takes streams that say nothing, or BT.601 and BT.709, for plain', () => {
    for (const line of [
      'h264 (High) (avc1 / 0x31637661), yuv420p(progressive), 64x64 [SAR 1:1 DAR 1:1], 12 fps',
      'h264 (High), yuv420p(tv, bt709, progressive), 64x64',
      'h264 (High), yuv420p(tv, smpte170m/bt470bg/smpte170m), 64x64',
      'mjpeg (Baseline), yuvj420p(pc, bt470bg/unknown/unknown), 64x64',
      'h264, yuv420p, 64x64',
      'h264 (High) (avc1 / 0x31637661), none, 64x64',
    ]) {
      expect(isSameLook(look(line), plainLook), line).to.equal(true);
    }
  });

  it('tells light beyond BT.709 apart', () => {
    const hevc = (colours: string) =>
      look(`hevc (Main 10) (hvc1 / 0x31637668), yuv420p10le(${colours}), 64x64, 30 fps`);
    expect(hevc('tv, bt2020nc/bt2020/smpte2084')).to.include({ light: 'pq', hasMatrix: true });
    expect(hevc('tv, bt2020nc/bt2020/arib-std-b67, progressive')).to.include({ light: 'hlg' });
    expect(hevc('bt2020nc/bt2020/bt2020-10')).to.include({ light: 'bt2020' });
    expect(hevc('tv, unknown/bt2020/smpte2084')).to.include({ light: 'pq', hasMatrix: false });
  });

  it('sees transparency in the stream and beside it', () => {
    for (const line of [
      'png, rgba(pc, gbr/unknown/unknown), 8x8',
      'gif, bgra, 8x8',
      'prores, yuva444p12le(tv), 8x8',
      'qtrle, pal8, 8x8',
    ]) {
      expect(look(line), line).to.include({ hasAlpha: true, alphaDecoder: undefined });
    }
    expect(look('vp9 (Profile 0), yuv420p(tv, progressive), 8x8', '      alpha_mode      : 1')).to.include({
      hasAlpha: true,
      alphaDecoder: 'libvpx-vp9',
    });
    expect(look('vp8, yuv420p, 8x8', '      ALPHA_MODE      : 1')).to.include({ alphaDecoder: 'libvpx' });
    expect(look('vp9, yuv420p, 8x8', '      title           : 1')).to.include({ hasAlpha: false });
  });

  it('finds pictures that are too small for filters that look at neighbours', () => {
    const gif = (size: string) =>
      readLook({ line: `  Stream #0:0: Video: gif, bgra, ${size}, 8 fps, 8 tbr`, about: [] });
    expect(
      ['1x1', '200x15', '15x200', '16x16', '200x133 [SAR 1:1 DAR 200:133]'].map((size) => gif(size).isTiny),
    ).to.deep.equal([...[true, true, true, false, false]]);
    expect(isSameLook(gif('1x1'), gif('16x16'))).to.equal(false);
  });

  it('finds the stream of each input, and what is said of it alone', () => {
    const input = (index: number, pixels: string, about: string) => [
      `Input #${index}, matroska,webm, from 'file:/a.webm':`,
      '  Metadata:',
      `    title : ${about}`,
      `  Stream #${index}:0: Video: vp9, ${pixels}, 32x32, 8 fps`,
      `      alpha_mode : ${about}`,
    ];
    const lines = [...input(0, 'yuv420p', '0'), ...input(1, 'gray', '1'), 'Stream mapping:', '  Stream #1:0 -> #1:0'];
    expect(findVideoStream(lines, 1)).to.deep.equal({
      line: '  Stream #1:0: Video: vp9, gray, 32x32, 8 fps',
      about: ['      alpha_mode : 1'],
    });
    expect(findVideoStream(lines)?.about).to.deep.equal(['      alpha_mode : 0']);
    expect(findVideoStream(lines, 2)).to.equal(undefined);
  });
});
