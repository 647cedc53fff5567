import { expect } from 'chai';
import { resolve } from 'node:path';
import {
  fileName,
  inputFileArguments,
  rawInputArguments,
  rawOutputArguments,
} from '../../lib/video/ffmpeg-arguments.js';

describe('ffmpeg arguments', () => {
  it('passes every name as an absolute one with its protocol', () => {
    expect(fileName('-i')).to.equal(`file:${resolve('-i')}`);
    expect(fileName('/a/concat:b|c%03d\n.mp4')).to.equal('file:/a/concat:b|c%03d\n.mp4');
  });

  it('lets an input open files only, and no format that names other files', () => {
    const words = inputFileArguments('x.mp4');
    expect(words[words.indexOf('-protocol_whitelist') + 1]).to.equal('file');
    const formats = (words[words.indexOf('-format_whitelist') + 1] ?? '').split(',');
    expect(formats).to.include.members(['mov', 'matroska', 'avi', 'gif', 'mpegts']);
    for (const dangerous of ['hls', 'concat', 'dash', 'image2', 'sdp', 'rawvideo', 'tty', 'lavfi', 'imf']) {
      expect(formats).not.to.include(dangerous);
    }
    expect(new Set(formats).size).to.equal(formats.length);
  });

  it('bounds the pictures, and the memory with them', () => {
    const valueOf = (name: string, maxPixels?: number) => {
      const words = inputFileArguments('x.mp4', maxPixels);
      return Number(words[words.indexOf(name) + 1]);
    };
    expect(valueOf('-max_pixels')).to.equal(8192 * 8192);
    expect(valueOf('-max_pixels', 100)).to.equal(100);
    expect(valueOf('-max_alloc', 8192 * 8192)).to.equal((256 + 1024) * 2 ** 20);
    expect(valueOf('-max_alloc', 16_384 * 16_384)).to.equal(2 ** 31 - 1);
  });

  it('puts the words of an input before it', () => {
    expect(rawInputArguments(4, 6, 12.5).join(' ')).to.match(/rawvideo.*rgb24.*4x6.*12\.5 -i pipe:0$/);
  });

  it('says "each frame once" in the words that the build knows', () => {
    const build = { path: '', source: 'PATH', isOld: false } as const;
    expect(rawOutputArguments({ ...build, version: '5.1.2' })).to.include('-fps_mode');
    expect(rawOutputArguments({ ...build, version: '5.0.1' })).to.include('-vsync');
    expect(rawOutputArguments({ ...build, version: 'N-1', year: 2018 })).to.include('-vsync');
    expect(rawOutputArguments({ ...build, version: 'N-1', year: 2025 })).to.include('-fps_mode');
  });
});
