import { expect } from 'chai';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { createTokenGrid, type TokenGrid } from '../../lib/clip/token-grid.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { planMask } from '../../lib/masking/plan-mask.js';
import { planFileHiding } from '../../lib/prediction/file-hiding.js';
import { createHiddenPlaces } from '../../lib/prediction/hidden-places.js';
import { layOutTiles } from '../../lib/prediction/tiles.js';

const grid = createTokenGrid({ frames: 8, height: 16, width: 16, channels: 3 }, { frames: 2, size: 4 });

type Setting = {
  readonly isTiled?: boolean;
  readonly step?: number;
  readonly width?: number;
  readonly height?: number;
};
const hide = (text: string, { isTiled = true, step = 1, width = 16, height = 16 }: Setting = {}) => {
  const source = { path: 'a.mp4', frames: 40, width, height };
  const hiding = planFileHiding(parseHide(text), source, { extend: 0, insert: false, seed: 3 });
  return createHiddenPlaces(hiding, { grid, tiles: layOutTiles(source, 16, 'cover', isTiled), step, seed: 3 });
};
/** The columns and rows that are hidden. */
const cells = (places: Uint8Array = new Uint8Array(), { columns }: TokenGrid = grid) => {
  const hidden = Array.from(places.keys()).filter((place) => places[place] === 1);
  return {
    columns: [...new Set(hidden.map((place) => place % columns))].sort(),
    rows: [...new Set(hidden.map((place) => Math.floor(place / columns)))].sort(),
    count: hidden.length,
  };
};

describe('createHiddenPlaces', () => {
  it('hides all of a whole frame', () => {
    const places = hide('gap:4-5+box:0,0,4,4@5-6');
    expect([3, 4, 5, 6, 7].map((frame) => cells(places.of(frame, 0)).count)).to.deep.equal([0, 16, 16, 1, 0]);
    expect([3, 4, 6, 7].map(places.isNamed)).to.deep.equal([false, true, true, false]);
    expect([3, 4, 6, 7].map(places.isTouched)).to.deep.equal([false, true, true, false]);
  });

  it('rounds a box outward to patches at the picture’s own resolution', () => {
    expect(cells(hide('box:4,3,4,6@0-1').of(0, 0))).to.deep.equal({ columns: [1], rows: [0, 1, 2], count: 3 });
    expect(cells(hide('box:3,0,6,16@0-1').of(1, 0)).columns).to.deep.equal([0, 1, 2]);
  });

  it('hides each patch in which a pixel of the box has a part after scaling', () => {
    // Four pixels become one, each of which reaches two pixels further.
    const at = (text: string) => cells(hide(text, { isTiled: false, width: 64, height: 64 }).of(0, 0)).columns;
    expect(at('box:18,0,12,64@0-1')).to.deep.equal([1]);
    expect(at('box:16,0,16,64@0-1')).to.deep.equal([0, 1, 2]);
    expect(at('box:1,0,1,64@0-1')).to.deep.equal([0]);
  });

  it('knows the tiles that a box lies in', () => {
    const places = hide('box:18,2,2,2@3-3', { width: 38 });
    expect(places.tiles).to.deep.equal([1]);
    expect(places.of(3, 0)).to.equal(undefined);
    expect(places.of(3, 2)).to.equal(undefined);
    expect(hide('gap:3-3', { width: 38 }).tiles).to.deep.equal([0, 1, 2]);
  });

  it('draws a plan for each window of each phase, as it is drawn for a clip', () => {
    const places = hide('patches:0.5', { step: 2 });
    for (const [phase, window] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 2],
    ] as const) {
      const { hidden } = planMask(parseHide('patches:0.5'), grid, { seed: 3, step: window, sample: phase });
      const drawn = Array.from({ length: 4 }, (_, step) => {
        const first = phase + (window * 8 + step * 2) * 2;
        // Both frames of a tubelet are alike.
        expect(places.drawn(first + 2)).to.deep.equal(places.drawn(first));
        return [...(places.drawn(first) ?? []).entries()]
          .filter(([, is]) => is === 1)
          .map(([place]) => step * 16 + place);
      }).flat();
      expect(drawn, `phase ${phase}, window ${window}`).to.deep.equal([...hidden]);
    }
    // Windows that were forgotten are drawn again alike.
    const before = places.drawn(0);
    for (let frame = 0; frame < 400; frame++) places.drawn(frame);
    expect(places.drawn(0)).to.deep.equal(before);
  });

  it('draws from what is not hidden anyhow, and adds what is named', () => {
    const places = hide('drop:0.5+gap:4-5+box:0,0,4,4@0-7');
    expect(places.drawn(4)).to.equal(undefined);
    const dropped = [0, 2, 6].filter((frame) => places.drawn(frame));
    expect(dropped).to.have.length(2);
    expect([0, 2, 6].map((frame) => cells(places.of(frame, 0)).count)).to.deep.equal(
      [0, 2, 6].map((frame) => (dropped.includes(frame) ? 16 : 1)),
    );
  });

  it('draws from a tubelet of which a frame is left, and from nothing where too little is left', () => {
    // Frames 4 and 9 are in tubelets with frames of the gap.
    const places = hide('patches:0.5+gap:5-8');
    const counts = [3, 4, 5, 8, 9, 10].map((frame) => cells(places.of(frame, 0)).count);
    expect([counts[2], counts[3]]).to.deep.equal([16, 16]);
    for (const frame of [4, 9]) {
      expect(cells(places.of(frame, 0)).count, `frame ${frame}`).to.be.within(1, 15);
      expect(places.of(frame, 0)).to.deep.equal(places.drawn(frame));
    }
    const [beside, other] = [hide('patches:0.5+gap:0-6'), hide('drop:0.25+gap:0-5')];
    expect(cells(beside.drawn(7)).count).to.equal(8);
    expect([6, 7].map((frame) => other.drawn(frame))).to.deep.equal([undefined, undefined]);
  });

  it('refuses what does not fit the grid', () => {
    expect(() => hide('patches:0.001')).to.throw(LacunaError, /patches:0\.001/);
  });
});
