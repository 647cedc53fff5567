// Tests the motion of digits, what is seen where they overlap, and that a clip is a function of its key.
import { expect } from 'chai';
import fc from 'fast-check';
import { clipLength } from '../../../dist/clip/clip.js';
import { digitLength, digitSize } from './digits.js';
import { clipShapeOfWorld, drawClip, type World, worlds } from './draw-clip.js';

const full = new Uint8Array(digitLength).fill(255);
const key = fc.record({ seed: fc.nat(1000), row: fc.nat(100_000) });

function draw(world: World, digits: Uint8Array<ArrayBuffer>, { seed, row }: { seed: number; row: number }): Uint8Array {
  const clip = new Uint8Array(clipLength(clipShapeOfWorld(world)));
  drawClip(world, digits, { seed, purpose: 'test', row }, clip);
  return clip;
}

/** The corner of the only digit in each of the first frames, `[x, y]`; fails where it is not seen in full. */
function cornersOf(clip: Uint8Array, frames = 20): [number, number][] {
  return Array.from({ length: frames }, (_, frame) => {
    const pixels = clip.subarray(frame * 4096, (frame + 1) * 4096);
    const first = pixels.indexOf(255);
    const [x, y] = [first % 64, Math.floor(first / 64)];
    const inside = pixels.filter((value, at) => {
      const [column, row] = [(at % 64) - x, Math.floor(at / 64) - y];
      return value === 255 && column >= 0 && column < digitSize && row >= 0 && row < digitSize;
    });
    expect(inside.length).to.equal(digitLength);
    expect(pixels.filter((value) => value > 0).length).to.equal(digitLength);
    return [x, y];
  });
}

describe('clips of Moving MNIST', () => {
  it('move by a tenth of the room a frame, stay inside, and turn back at walls', () => {
    let turns = 0;
    fc.assert(
      fc.property(key, (chosen) => {
        const corners = cornersOf(draw({ objects: 1, channels: 1 }, full, chosen));
        for (const axis of [0, 1] as const) {
          const moves = corners.slice(1).map((corner, index) => corner[axis] - (corners[index]?.[axis] ?? 0));
          expect(Math.max(...moves.map(Math.abs))).to.be.at.most(4);
          // A direction is kept until a wall is reached.
          for (const [index, move] of moves.entries()) {
            const next = moves[index + 1] ?? 0;
            if (move * next >= 0) continue;
            turns++;
            expect([0, 35, 36]).to.include(corners[index + 1]?.[axis]);
          }
        }
        const [[fromX, fromY] = [0, 0], [toX, toY] = [0, 0]] = [corners[0], corners[19]];
        const isFree = corners.every(([x, y]) => x > 0 && y > 0 && x < 35 && y < 35);
        if (isFree) expect(Math.hypot(toX - fromX, toY - fromY)).to.be.closeTo(19 * 3.6, 1.5);
      }),
      { numRuns: 60 },
    );
    expect(turns).to.be.above(50);
  });

  it('start anywhere and go anywhere', () => {
    const clips = Array.from({ length: 300 }, (_, row) =>
      cornersOf(draw({ objects: 1, channels: 1 }, full, { seed: 1, row }), 4),
    );
    const starts = clips.flatMap(([first]) => first ?? []);
    expect(starts.reduce((sum, place) => sum + place, 0) / starts.length).to.be.closeTo(17.5, 1.5);
    expect([Math.min(...starts), Math.max(...starts)]).to.deep.equal([0, 36]);
    const moves = clips.flatMap(([, , third, fourth]) => [(fourth?.[0] ?? 0) - (third?.[0] ?? 0)]);
    expect(moves.reduce((sum, move) => sum + move, 0) / moves.length).to.be.closeTo(0, 0.6);
  });

  it('show the brighter of two digits that overlap', () => {
    const dim = new Uint8Array(digitLength).fill(100);
    const digits = Uint8Array.of(...full, ...dim);
    const values = Array.from({ length: 40 }, (_, row) => draw(worlds['two digits'], digits, { seed: 0, row }));
    for (const clip of values) {
      const bright = clip.filter((value) => value === 255).length / 20;
      expect(clip.every((value) => value === 0 || value === 100 || value === 255)).to.be.true;
      // One bright digit is seen in full, wherever the other is.
      expect([0, digitLength]).to.include(Math.min(bright, digitLength));
    }
    expect(values.some((clip) => clip.includes(100) && clip.includes(255))).to.be.true;
  });

  it('are the same for the same key and others for another', () => {
    fc.assert(
      fc.property(key, (chosen) => {
        const world = worlds['three coloured digits'];
        const clip = draw(world, full, chosen);
        expect(clip).to.deep.equal(draw(world, full, chosen));
        expect(clip).not.to.deep.equal(draw(world, full, { ...chosen, row: chosen.row + 1 }));
        expect(clip).not.to.deep.equal(draw(world, full, { ...chosen, seed: chosen.seed + 1 }));
      }),
      { numRuns: 20 },
    );
  });

  it('have a colour for each digit', () => {
    const clip = draw({ objects: 1, channels: 3 }, full, { seed: 3, row: 0 });
    const colours = new Set(
      Array.from({ length: clip.length / 3 }, (_, at) => clip.slice(3 * at, 3 * at + 3).join(' ')),
    );
    expect(colours.size).to.equal(2);
    expect(clip.includes(255)).to.be.true;
  });
});
