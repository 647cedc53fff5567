import { expect } from 'chai';
import fc from 'fast-check';
import { clipSpan, cutClips, type Cut, type CutClip } from '../../lib/dataset/cut-clips.js';

/** Frames of two bytes that say which frame they are. */
async function* frames(count: number): AsyncGenerator<Uint8Array> {
  for (let frame = 0; frame < count; frame++) yield Promise.resolve(Uint8Array.of(frame, 255 - frame));
}

async function collect(source: AsyncGenerator<CutClip, number>): Promise<{ clips: CutClip[]; frames: number }> {
  const clips: CutClip[] = [];
  for (;;) {
    const { done, value } = await source.next();
    if (done === true) return { clips, frames: value };
    clips.push(value);
  }
}

describe('cutClips', () => {
  it('gives each whole clip and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.record({
          frames: fc.integer({ min: 1, max: 9 }),
          stride: fc.integer({ min: 1, max: 4 }),
          hop: fc.integer({ min: 1, max: 20 }),
        }),
        async (count, cut: Cut) => {
          const expected: { startFrame: number; pixels: number[] }[] = [];
          for (let start = 0; start + (cut.frames - 1) * cut.stride < count; start += cut.hop) {
            const shown = Array.from({ length: cut.frames }, (_, index) => start + index * cut.stride);
            expected.push({ startFrame: start, pixels: shown.flatMap((frame) => [frame, 255 - frame]) });
          }
          const found = await collect(cutClips(frames(count), cut));
          expect(found.clips.map((clip) => ({ ...clip, pixels: [...clip.pixels] }))).to.deep.equal(expected);
          expect(found.frames).to.equal(count);
        },
      ),
    );
  });

  it('gives a clip as soon as it is whole', async () => {
    let asked = 0;
    async function* counted() {
      for await (const frame of frames(100)) {
        asked += 1;
        yield frame;
      }
    }
    const cut = { frames: 4, stride: 2, hop: 1 };
    const clips = cutClips(counted(), cut);
    await clips.next();
    expect(asked).to.equal(clipSpan(cut)).and.equal(7);
    await clips.return(0);
  });

  it('gives the whole clips before it throws what the frames throw', async () => {
    async function* broken() {
      yield* frames(9);
      throw new Error('broken');
    }
    const clips: CutClip[] = [];
    try {
      for await (const clip of cutClips(broken(), { frames: 4, stride: 1, hop: 4 })) clips.push(clip);
      expect.fail('it did not throw');
    } catch (error) {
      expect(error).to.have.property('message', 'broken');
    }
    expect(clips.map(({ startFrame }) => startFrame)).to.deep.equal([0, 4]);
  });
});
