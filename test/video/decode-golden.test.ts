// Lacuna's frames against what PyAV and NumPy say of the same videos: which frame is shown when, and its colours.
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { decodeVideo, type DecodeOptions } from '../../lib/video/decode.js';
import { probeVideo } from '../../lib/video/probe.js';
import { counterBits, exactVideos } from './exact-videos.js';
import { temporaryFolder } from './made-videos.js';

const codes = z.array(z.int());
const videoSchema = z.object({
  frames: z.int(),
  size: z.tuple([z.int(), z.int()]),
  codes: codes.default([]),
  rates: z.record(z.string(), codes).default({}),
  starts: z.record(z.string(), codes).default({}),
  pixels: z.array(z.tuple([z.int(), z.int(), z.number(), z.number(), z.number()])).default([]),
});

/** How far a value of 255 may be from the formula in float64: rounding to 8 bits alone is 0.5. */
const pixelBound = 0.6;
/**
 * Where more than rounding is between: light that was mapped in whole numbers, transparency that was rounded before, colours
 * that lie between the pixels of an odd size, H.264.
 */
const looseBound = 2;
const isLoose = (name: string) => /^(?:pq|hlg|wide-gamut|see-through|odd|turned|mirrored)/.test(name);

/** Files in whose last frame no container or stream says how long it lasts: one repetition more or less is right. */
const isEndOpen = (name: string) => name === 'variable-rate.mkv';

describe('decodeVideo beside PyAV', () => {
  const folder = temporaryFolder();
  const golden = async (name: string) => {
    const all = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(await readFile(new URL('../../fixtures/video/decoding.json', import.meta.url), 'utf8')));
    return videoSchema.parse(all[name]);
  };

  for (const [name, make] of Object.entries(exactVideos)) {
    it(`gives the frames of ${name}`, async () => {
      const said = await golden(name);
      const [width, height] = said.size;
      const file = await make(folder.path(name));
      const decode = async (options: Partial<DecodeOptions>) => {
        const frames: Uint8Array[] = [];
        for await (const frame of decodeVideo(file, { width, height, ...options })) frames.push(frame);
        return frames;
      };
      const frames = await decode({});
      expect(frames).to.have.length(said.frames);
      const { width: shownWidth, height: shownHeight } = await probeVideo(file);
      expect([shownWidth, shownHeight]).to.deep.equal(said.size);
      expectPixels(frames, width, said.pixels, isLoose(name) ? looseBound : pixelBound);
      if (said.codes.length === 0) return;
      expect(frames.map(codeOf)).to.deep.equal(said.codes);
      for (const [rate, shown] of Object.entries(said.rates)) {
        const [over = 0, under = 1] = rate.split('/').map(Number);
        const got = (await decode({ fps: over / under })).map(codeOf);
        const both = isEndOpen(name) ? Math.min(got.length, shown.length) : shown.length;
        expect(got.length, rate).to.be.within(
          shown.length - (isEndOpen(name) ? 2 : 0),
          shown.length + (isEndOpen(name) ? 2 : 0),
        );
        expect(got.slice(0, both), rate).to.deep.equal(shown.slice(0, both));
      }
      for (const [start, shown] of Object.entries(said.starts)) {
        const got = await decode({ fps: 10, startSeconds: Number(start), durationSeconds: 0.8 });
        expect(got.map(codeOf), `from ${start} s`).to.deep.equal(shown);
      }
    });
  }
});

/** The number in the columns of a frame, read a quarter down. */
function codeOf(frame: Uint8Array): number {
  const side = 64;
  const bit = (index: number) => frame[((side / 4) * side + (side / counterBits) * index + 4) * 3] ?? 0;
  return Array.from({ length: counterBits }, (_, index) => (bit(index) > 128 ? 2 ** index : 0)).reduce((a, b) => a + b);
}

function expectPixels(
  frames: readonly Uint8Array[],
  width: number,
  pixels: z.infer<typeof videoSchema>['pixels'],
  bound: number,
): void {
  const [frame = new Uint8Array()] = frames;
  for (const [x, y, ...values] of pixels) {
    values.forEach((value, channel) => {
      const got = frame[(y * width + x) * 3 + channel];
      expect(got, `channel ${channel} at ${x}, ${y}`).to.be.closeTo(value, bound);
    });
  }
}
