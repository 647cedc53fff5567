// Tests the count of floating-point operations against numbers worked out by hand, and those that the paper names.
import { expect } from 'chai';
import { type ConvConfig, convDefaults, type VitConfig, vitDefaults } from '../../dist/model/model-config.js';
import { resolvePreset } from '../../dist/model/presets.js';
import { flopsOfClip, forwardProducts, largestProducts, productFlops } from './model-flops.js';

/** 1 × 2 × 2 tokens of 2 · 2 · 2 · 3 = 24 values. */
const smallVit: VitConfig = {
  ...{ ...vitDefaults, family: 'vit', size: 4, frames: 2, tubeletFrames: 2, patch: 2, width: 4, depth: 1, heads: 2 },
  ...{ decoderWidth: 2, decoderDepth: 1, decoderHeads: 1 },
};

/** 2 steps of 2 × 2 tokens of 2 · 2 · 3 = 12 values. */
const smallConv: ConvConfig = {
  ...{
    ...convDefaults,
    family: 'conv',
    size: 4,
    frames: 2,
    tubeletFrames: 1,
    patch: 2,
    width: 3,
    depth: 1,
    innerWidth: 5,
  },
  innerDepth: 1,
};

const largeClip = { frames: 16, height: 224, width: 224, channels: 3 };

describe('model FLOPs', () => {
  it('counts the encoder of a vit', () => {
    const embedding = 2 * 24 * 4;
    // Query, key, value and output; scores and mixing of 2 heads of width 2; widening and narrowing.
    const block = 4 * (2 * 4 * 4) + 2 * (2 * 2 * 2 * 2) + 2 * (2 * 4 * 16);
    expect(embedding + block).to.equal(608);
    expect(flopsOfClip(smallVit, { what: 'forward', batch: 1, visible: 2 })).to.equal(2 * 608);
  });

  it('counts a training step of a vit: the decoder over all tokens, the head over hidden ones, thrice', () => {
    const bridge = 2 * 4 * 2;
    const decoder = 4 * (4 * 2 * 2) + 2 * (4 * 4 * 2) + 2 * (4 * 2 * 8);
    const head = 2 * 2 * 24;
    expect(608 + bridge + decoder + head).to.equal(976);
    expect(flopsOfClip(smallVit, { what: 'step', batch: 1, visible: 2 })).to.equal(3 * 2 * 976);
  });

  it('counts the encoder and a training step of a conv network', () => {
    const stem = 4 * 24 * 3 + 4 * 12 * 3 + 4 * 2 * 3;
    const fine = 2 * (4 * 27 * 3);
    const coarse = 1 * 12 * 5 + 2 * (1 * 45 * 5);
    expect(stem + fine + coarse).to.equal(1614);
    expect(flopsOfClip(smallConv, { what: 'forward', batch: 1, visible: 4 })).to.equal(2 * 1614);
    const head = 1 * 5 * 12 + fine + 4 * 3 * 24 + 4 * 3 * 2;
    expect(head).to.equal(1020);
    expect(flopsOfClip(smallConv, { what: 'step', batch: 1, visible: 4 })).to.equal(3 * 2 * (1614 + 1020));
  });

  it('gives a clip the same FLOPs in every batch', () => {
    for (const config of [smallVit, smallConv]) {
      const alone = flopsOfClip(config, { what: 'step', batch: 1, visible: 2 });
      expect(flopsOfClip(config, { what: 'step', batch: 3, visible: 2 })).to.equal(alone);
    }
  });

  it("comes to the paper's 57 and 180 billion multiply-adds for whole clips (Tong et al. 2022, table 6)", () => {
    const multiplyAdds = (preset: string) =>
      flopsOfClip(resolvePreset(preset, largeClip), { what: 'forward', batch: 1, visible: 1568 }) / 2e9;
    expect(Math.round(multiplyAdds('vit-small'))).to.equal(57);
    expect(Math.round(multiplyAdds('vit-base'))).to.equal(180);
  });

  it('names the largest products, the largest first and no shape twice', () => {
    const config = resolvePreset('vit-small', largeClip);
    const use = { what: 'step', batch: 4, visible: 160 } as const;
    const largest = largestProducts(config, use, 5);
    expect(largest.map(({ name }) => name)).to.deep.equal([
      'decoder scores',
      'decoder mixing',
      'head',
      'decoder widening',
      'decoder narrowing',
    ]);
    expect(largest[0]).to.include({ products: 12, rows: 1568, inner: 64, columns: 1568, transposed: true });
    const sizes = forwardProducts(config, use).map(productFlops);
    expect(productFlops(largest[0] ?? expect.fail())).to.equal(Math.max(...sizes));
  });
});
