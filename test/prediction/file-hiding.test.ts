import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { createTokenGrid } from '../../lib/clip/token-grid.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { type FileChange, planFileHiding } from '../../lib/prediction/file-hiding.js';

const source = { path: 'clip.mp4', frames: 20, width: 64, height: 48 };
const plan = (hide: string, change: Partial<FileChange> = {}) =>
  planFileHiding(hide === '' ? [] : parseHide(hide), source, { extend: 0, insert: false, seed: 0, ...change });
/** The frames where it is 1. */
const ones = (values: Uint8Array) => Array.from(values.keys()).filter((frame) => values[frame] === 1);
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('planFileHiding', () => {
  it('counts future and gap in frames of the file', () => {
    expect(ones(plan('future:8').whole)).to.deep.equal(range(12, 19));
    expect(ones(plan('gap:4-9+gap:12-12').whole)).to.deep.equal([...range(4, 9), 12]);
    expect(plan('gap:4-9')).to.deep.include({ frames: 20, boxes: [], random: [] });
    expect(ones(plan('gap:4-9').absent)).to.deep.equal([]);
  });

  it('draws a gap somewhere of the whole file by the seed, as a plan of one token a frame does', () => {
    const grid = createTokenGrid({ frames: 20, height: 1, width: 1, channels: 1 }, { frames: 1, size: 1 });
    const seen = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const frames = ones(plan('gap:4', { seed }).whole);
      const { hidden } = planMask(parseHide('gap:4'), grid, { seed, step: 0, sample: 0 });
      expect(frames)
        .to.deep.equal([...hidden])
        .and.have.length(4);
      seen.add(frames[0] ?? NaN);
    }
    expect(Math.min(...seen)).to.be.at.least(1);
    expect(Math.max(...seen)).to.be.at.most(15);
    expect(seen.size).to.be.above(8);
  });

  it('keeps boxes as they are, and takes one that is the whole picture for whole frames', () => {
    const { whole, boxes } = plan('box:0,0,64,48@3-4+box:10,12,54,36@0-19');
    expect(ones(whole)).to.deep.equal([3, 4]);
    expect(boxes).to.deep.equal([{ kind: 'box', x: 10, y: 12, width: 54, height: 36, first: 0, last: 19 }]);
  });

  it('passes on what is drawn window by window', () => {
    expect(plan('patches:0.5+gap:2-3+tube:0.25').random).to.deep.equal(parseHide('patches:0.5+tube:0.25'));
  });

  it('adds frames that the file does not have at its end', () => {
    const { frames, whole, absent } = plan('future:2', { extend: 3 });
    expect(frames).to.equal(23);
    expect(ones(whole)).to.deep.equal(range(18, 22));
    expect(ones(absent)).to.deep.equal(range(20, 22));
    expect(ones(plan('', { extend: 1 }).whole)).to.deep.equal([20]);
  });

  it('puts in frames that the file lacks, counted as they will be', () => {
    const { frames, whole, absent } = plan('gap:4-6+gap:10-10', { insert: true });
    expect(frames).to.equal(24);
    expect(ones(whole)).to.deep.equal([4, 5, 6, 10]);
    expect(ones(absent)).to.deep.equal([4, 5, 6, 10]);
    expect(plan('gap:20-22', { insert: true }).frames).to.equal(23);
    expect(plan('gap:0-1', { insert: true, extend: 2 }).frames).to.equal(24);
  });

  const wrong: readonly (readonly [string, string, Partial<FileChange>, RegExp])[] = [
    [
      'a gap beyond the end',
      'gap:15-20',
      {},
      /--hide gap:15-20 ends after the last frame of clip\.mp4, which has frames 0 to 19/,
    ],
    ['a box beyond the end', 'box:0,0,8,8@3-20', {}, /box:0,0,8,8@3-20 ends after the last frame of clip\.mp4/],
    [
      'a box outside of the picture',
      'box:60,0,8,8@3-4',
      {},
      /reaches out of the pictures of clip\.mp4.* 64 × 48 pixels; keep x \+ width within 64/,
    ],
    ['a box below the picture', 'box:0,41,8,8@3-4', {}, /y \+ height within 48/],
    [
      'all of the file as its future',
      'future:20',
      {},
      /--hide future:20 hides all of clip\.mp4, .*; hide at most the last 19/,
    ],
    [
      'a gap without room beside it',
      'gap:19',
      {},
      /no frame before and after the gap in clip\.mp4.*a gap of at most 18/,
    ],
    ['every frame', 'gap:0-11+future:8', {}, /gap:0-11\+future:8 hides everything of clip\.mp4/],
    ['every frame by boxes', 'box:0,0,64,48@0-19', {}, /hides everything of clip\.mp4/],
    ['to insert a future', 'future:3', { insert: true }, /--insert needs gaps whose frames are named.*got future:3/],
    ['to insert a gap somewhere', 'gap:3', { insert: true }, /--insert needs gaps whose frames are named.*got gap:3/],
    [
      'to insert after a hole',
      'gap:21-22',
      { insert: true },
      /gap:21-22 with --insert leaves a hole after the end of clip\.mp4.*frame 20 or before/,
    ],
    ['to insert endlessly', 'gap:4-999999999', { insert: true }, /asks for 999999996 frames; insert at most 100000/],
  ];
  for (const [name, hide, change, sentence] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => plan(hide, change))
        .to.throw(LacunaError, sentence)
        .with.property('kind', 'usage');
    });
  }
});
