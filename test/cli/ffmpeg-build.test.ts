import { expect } from 'chai';
import { licenceOf, missingOf, readFfmpegBuild } from '../../lib/cli/ffmpeg-build.js';
import { findFfmpeg } from '../../lib/index.js';

describe('licenceOf', () => {
  const configured = (flags: string) => licenceOf(`ffmpeg version 7\nconfiguration: ${flags}\n`);

  it('follows the configuration flags', () => {
    expect(configured('')).to.equal('LGPL-2.1-or-later');
    expect(configured('--enable-version3')).to.equal('LGPL-3.0-or-later');
    expect(configured('--enable-gpl --enable-libx264')).to.equal('GPL-2.0-or-later');
    expect(configured('--enable-gpl --enable-version3')).to.equal('GPL-3.0-or-later');
    expect(configured('--enable-gpl --enable-nonfree')).to.equal('not redistributable');
    expect(licenceOf('ffmpeg version 7')).to.equal('unknown');
  });
});

describe('missingOf', () => {
  it('finds a decoder by its name or by the codec that it decodes', () => {
    const text = [
      ' V....D h264                 H.264 / AVC / MPEG-4 AVC',
      ' V....D libdav1d             dav1d AV1 decoder by VideoLAN (codec av1)',
      ' V....D vp9_cuvid            Nvidia CUVID VP9 decoder (codec vp9)',
    ].join('\n');
    expect(missingOf(text)).to.deep.equal(['hevc', 'vp8', 'mpeg4', 'mpeg2video', 'mjpeg', 'prores']);
  });
});

describe('readFfmpegBuild', () => {
  it('asks the real program', async () => {
    const { path } = await findFfmpeg();
    const { licence, missingDecoders } = await readFfmpegBuild(path);
    expect(licence).to.match(/^(L?GPL-|not redistributable)/);
    expect(missingDecoders).not.to.include('h264');
  });
});
