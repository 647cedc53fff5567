import { expect } from 'chai';
import { gridOfModel } from '../../lib/model/model-config.js';
import { parseHide } from '../../lib/masking/hide-expression.js';
import { planFileHiding } from '../../lib/prediction/file-hiding.js';
import { planRounds } from '../../lib/prediction/fill-rounds.js';
import { createFillStream, type FillStream } from '../../lib/prediction/fill-stream.js';
import { createHiddenPlaces } from '../../lib/prediction/hidden-places.js';
import { createTilePictures } from '../../lib/prediction/tile-pictures.js';
import { layOutTiles } from '../../lib/prediction/tiles.js';
import type { LoadedModel } from '../../lib/run/load-model.js';
import { rejectionOf } from '../video/made-videos.js';
import { openBlendModel } from './blend-model.js';

const size = { width: 28, height: 16 };

describe('createFillStream', () => {
  let model: LoadedModel;
  before(async () => {
    model = await openBlendModel({ network: { tubeletFrames: 2 }, hide: ['future:4', 'gap:4'] });
  });
  after(() => model.compute.close());

  /** Frames of one grey each, of which it says how many were read. */
  const open = (hide: string, frames: number, given = frames) => {
    const state = { read: 0, isClosed: false };
    async function* source(): AsyncGenerator<Uint8Array, void> {
      try {
        for (; state.read < given; state.read++) {
          yield await Promise.resolve(new Uint8Array(size.width * size.height * 3).fill(2 * state.read));
        }
      } finally {
        state.isClosed = true;
      }
    }
    const grid = gridOfModel(model.config.model);
    const tiles = layOutTiles(size, 16, 'cover', false);
    const hiding = planFileHiding(
      parseHide(hide),
      { path: 'a.mp4', frames, ...size },
      { extend: 0, insert: false, seed: 0 },
    );
    const places = createHiddenPlaces(hiding, { grid, tiles, step: 1, seed: 0 });
    const schedule = planRounds({
      ...{ frames, step: 1, clipFrames: 8, tubeletFrames: 2, reach: { future: 4, gap: 4 }, mostHeld: Infinity },
      ...{ isNamed: places.isNamed, isDrawn: (frame) => places.drawn(frame) !== undefined },
    });
    const pictures = createTilePictures(size, tiles, { size: 16, channels: 3 });
    const options = { model, places, schedule, tiles, pictures, absent: hiding.absent, signal: undefined };
    return { stream: createFillStream(options, source()), state };
  };
  const greysOf = async (stream: FillStream, frame: number) =>
    [...(await stream.fillOf(frame))].map(([tile, square]) => [tile, square[0], square.length]);

  it('reads as far as the window reaches, fills all tiles in, and closes what it reads', async () => {
    const { stream, state } = open('gap:100-103', 300);
    // By tubelets: the frames 98 to 105 are seen, 100 to 103 lie between 98, 99 and 104, 105.
    expect(await greysOf(stream, 100)).to.deep.equal([
      [0, 200, 768],
      [1, 200, 768],
    ]);
    expect(state.read).to.equal(105);
    await stream.fillOf(103);
    expect(state).to.deep.equal({ read: 105, isClosed: false });
    await stream.close();
    expect(state.isClosed).to.equal(true);
  });

  it('builds on what it has filled in', async () => {
    const { stream } = open('future:10', 100);
    // The last frame that is seen, and from the second pass on the last one that was filled in.
    const greys: unknown[] = [];
    for (let frame = 90; frame < 100; frame++) greys.push((await greysOf(stream, frame))[0]?.[1]);
    expect(greys).to.deep.equal(Array.from({ length: 10 }, () => 178));
  });

  it('says so where a frame is not filled in, or the file ends before it ended before', async () => {
    expect(await rejectionOf(open('gap:10-11', 40).stream.fillOf(3))).to.be.instanceOf(RangeError);
    const error = await rejectionOf(open('gap:30-31', 40, 20).stream.fillOf(30));
    expect(error).to.have.property('kind', 'input');
    expect(error)
      .to.have.property('message')
      .that.matches(/fewer frames than before/);
  });
});
