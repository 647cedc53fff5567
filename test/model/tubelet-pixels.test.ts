import * as tf from '@tensorflow/tfjs';
import { expect } from 'chai';
import { readTokens } from '../../lib/clip/tubelets.js';
import { gridOfModel } from '../../lib/model/model-config.js';
import { framesOfTokens, tubeletsByPlace, tubeletsByToken } from '../../lib/model/tubelet-pixels.js';
import { onCpu } from '../engine/on-cpu.js';
import { noisePixels, smallVit } from './small-models.js';

describe('tubelets of pixels', () => {
  const grid = gridOfModel(smallVit);
  const pixels = noisePixels(smallVit, 2, 1);
  const all = Int32Array.from({ length: grid.tokens }, (_, token) => token);
  const tokens = [0, 1].flatMap((sample) => [
    ...readTokens(pixels.subarray((sample * pixels.length) / 2, ((sample + 1) * pixels.length) / 2), grid, all),
  ]);
  const clips = () => tf.tensor(pixels, [2, 4, 16, 16, 3], 'float32');

  it('come token by token, in their order, and go back to frames', () => {
    const [given, back] = onCpu(() => {
      const byToken = tubeletsByToken(clips(), grid);
      return [byToken, framesOfTokens(byToken, grid)];
    });
    expect(given).to.deep.equal(tokens);
    expect(back).to.deep.equal([...pixels]);
  });

  it('come place by place, and then step by step', () => {
    const [given = []] = onCpu(() => [tubeletsByPlace(clips(), grid)]);
    const [places, length] = [16, 2 * 4 * 4 * 3];
    for (const [sample, token] of [
      [0, 0],
      [0, 21],
      [1, 31],
    ] as const) {
      const at = ((sample * places + (token % places)) * 2 + Math.floor(token / places)) * length;
      const wanted = tokens.slice((sample * 32 + token) * length, (sample * 32 + token + 1) * length);
      expect(given.slice(at, at + length)).to.deep.equal(wanted);
    }
  });
});
