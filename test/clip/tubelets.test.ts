import { expect } from 'chai';
import fc from 'fast-check';
import { clipLength } from '../../lib/clip/clip.js';
import { createTokenGrid, tokenLength } from '../../lib/clip/token-grid.js';
import { readTokens, writeTokens } from '../../lib/clip/tubelets.js';

const grids = fc
  .record({
    steps: fc.integer({ min: 1, max: 3 }),
    rows: fc.integer({ min: 1, max: 3 }),
    columns: fc.integer({ min: 1, max: 3 }),
    frames: fc.integer({ min: 1, max: 3 }),
    size: fc.integer({ min: 1, max: 4 }),
    channels: fc.constantFrom(1, 3),
  })
  .map(({ steps, rows, columns, frames, size, channels }) =>
    createTokenGrid({ frames: steps * frames, height: rows * size, width: columns * size, channels }, { frames, size }),
  );

const allTokens = (count: number) => Int32Array.from({ length: count }, (_, index) => index);

describe('tubelets', () => {
  it('reads the values of a token in the order frame, row, column, channel', () => {
    const grid = createTokenGrid({ frames: 4, height: 4, width: 6, channels: 3 }, { frames: 2, size: 2 });
    const clip = Float32Array.from({ length: clipLength(grid.clip) }, (_, index) => index);
    const token = (1 * grid.rows + 0) * grid.columns + 2;
    const expected: number[] = [];
    for (const frame of [2, 3]) {
      for (const y of [0, 1]) {
        for (const x of [4, 5]) {
          for (const channel of [0, 1, 2]) expected.push(((frame * 4 + y) * 6 + x) * 3 + channel);
        }
      }
    }
    expect(Array.from(readTokens(clip, grid, Int32Array.of(token)))).to.deep.equal(expected);
  });

  it('keeps the type of the clip', () => {
    const grid = createTokenGrid({ frames: 1, height: 2, width: 2, channels: 1 }, { frames: 1, size: 2 });
    expect(readTokens(Uint8Array.of(1, 2, 3, 255), grid, Int32Array.of(0))).to.deep.equal(Uint8Array.of(1, 2, 3, 255));
    expect(readTokens(Float32Array.of(0.5, -2, 3, 4), grid, Int32Array.of(0))).to.deep.equal(
      Float32Array.of(0.5, -2, 3, 4),
    );
  });

  it('writes back what it read, whatever the grid and the order of the tokens', () => {
    fc.assert(
      fc.property(grids, fc.integer(), (grid, salt) => {
        const clip = Uint8Array.from({ length: clipLength(grid.clip) }, (_, index) => (index * 37 + salt) & 255);
        const tokens = allTokens(grid.tokens).reverse();
        const target = new Uint8Array(clip.length);
        writeTokens(target, grid, tokens, readTokens(clip, grid, tokens));
        expect(target).to.deep.equal(clip);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('writes inside its own token and nowhere else', () => {
    fc.assert(
      fc.property(grids, fc.nat(), (grid, choice) => {
        const token = choice % grid.tokens;
        const target = new Float32Array(clipLength(grid.clip));
        writeTokens(target, grid, Int32Array.of(token), new Float32Array(tokenLength(grid)).fill(1));
        expect(target.reduce((sum, value) => sum + value, 0)).to.equal(tokenLength(grid));
        const others = allTokens(grid.tokens).filter((other) => other !== token);
        expect(readTokens(target, grid, others).every((value) => value === 0)).to.equal(true);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it('refuses a clip, values or a token that do not belong to the grid', () => {
    const grid = createTokenGrid({ frames: 2, height: 2, width: 2, channels: 1 }, { frames: 1, size: 2 });
    expect(() => readTokens(new Uint8Array(7), grid, Int32Array.of(0))).to.throw(RangeError, '8 values');
    expect(() => readTokens(new Uint8Array(8), grid, Int32Array.of(2))).to.throw(RangeError, '[0, 2)');
    expect(() => readTokens(new Uint8Array(8), grid, Int32Array.of(-1))).to.throw(RangeError, '[0, 2)');
    expect(() => writeTokens(new Uint8Array(8), grid, Int32Array.of(0), new Uint8Array(3))).to.throw(RangeError, '4');
  });
});
