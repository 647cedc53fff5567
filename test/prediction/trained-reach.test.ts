import { expect } from 'chai';
import { resolvePreset } from '../../lib/model/presets.js';
import { reachOfModel } from '../../lib/prediction/trained-reach.js';

const conv = resolvePreset('conv-tiny', { frames: 16, height: 64, width: 64, channels: 3 });
const vit = resolvePreset('vit-tiny', { frames: 16, height: 64, width: 64, channels: 3 });

describe('reachOfModel', () => {
  for (const [name, model, hide, reach] of [
    ['the longest of each', conv, ['future:8', 'future:5', 'gap:6', 'gap:2-9'], { future: 8, gap: 8 }],
    ['parts of a sum', conv, ['patches:0.5+gap:4', 'future:3+tube:0.5'], { future: 3, gap: 4 }],
    ['a gap for a future', conv, ['gap:4'], { future: 4, gap: 4 }],
    ['a future for a gap', conv, ['future:10'], { future: 10, gap: 10 }],
    ['half a clip where it knows neither', conv, ['patches:0.75'], { future: 8, gap: 8 }],
    ['what leaves something visible', conv, ['future:15', 'gap:14'], { future: 15, gap: 14 }],
    ['no gap that leaves nothing on a side', conv, ['future:15'], { future: 15, gap: 14 }],
    ['whole tubelets', vit, ['future:7', 'gap:3'], { future: 6, gap: 2 }],
    ['at least a tubelet', vit, ['future:1', 'gap:1'], { future: 2, gap: 2 }],
    ['at least a tubelet visible on each side', vit, ['future:15', 'gap:14'], { future: 14, gap: 12 }],
    ['no gap in a clip without room', { ...conv, frames: 2 }, ['future:1'], { future: 1, gap: 0 }],
  ] as const) {
    it(`takes ${name}`, () => {
      expect(reachOfModel({ hide: [...hide], model })).to.deep.equal(reach);
    });
  }
});
