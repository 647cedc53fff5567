import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeGif } from '../../lib/report/gif.js';
import { decodeVideo } from '../../lib/video/decode.js';
import { probeVideo } from '../../lib/video/probe.js';

const shape = { frames: 3, height: 8, width: 10, channels: 3 };
const colours = [
  [255, 0, 0],
  [0, 0, 255],
  [250, 250, 0],
] as const;

describe('gif', () => {
  it('shows each frame, enlarged, at its rate, to another program', async () => {
    const frames = Uint8Array.from(
      { length: 3 * 80 * 3 },
      (_, index) => colours[Math.floor(index / 240)]?.[index % 3] ?? 0,
    );
    const folder = await mkdtemp(path.join(tmpdir(), 'lacuna-gif-'));
    try {
      const file = path.join(folder, 'clip.gif');
      await writeFile(file, encodeGif(frames, shape, 10, 2));
      const { width, height, codec, fps } = await probeVideo(file);
      expect({ width, height, codec, fps }).to.deep.equal({ width: 20, height: 16, codec: 'gif', fps: 10 });
      let count = 0;
      for await (const frame of decodeVideo(file, { width: 20, height: 16 })) {
        for (const [index, value] of frame.entries())
          expect(value).to.be.closeTo(colours[count]?.[index % 3] ?? NaN, 8);
        count += 1;
      }
      expect(count).to.equal(3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('repeats for ever', () => {
    const gif = Buffer.from(encodeGif(new Uint8Array(720), shape, 12));
    expect(gif.includes(Buffer.from('NETSCAPE2.0\x03\x01\x00\x00\x00', 'latin1'))).to.equal(true);
  });

  it('refuses what does not fit', () => {
    const frames = new Uint8Array(720);
    expect(() => encodeGif(frames.subarray(1), shape, 12)).to.throw(RangeError, 'hold 720 values, got 719');
    expect(() => encodeGif(frames, shape, 0)).to.throw(RangeError, 'fps must be above 0');
    expect(() => encodeGif(frames, shape, 12, 1.5)).to.throw(RangeError, 'scale must be a whole number');
    expect(() => encodeGif(frames, { ...shape, channels: 1 }, 12)).to.throw(RangeError, '3 channels');
  });
});
