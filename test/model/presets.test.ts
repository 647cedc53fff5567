import { expect } from 'chai';
import type { ClipShape } from '../../lib/clip/clip.js';
import { LacunaError } from '../../lib/clip/lacuna-error.js';
import { clipShapeOfModel, gridOfModel, modelConfigSchema } from '../../lib/model/model-config.js';
import { presetNames, resolvePreset, usualClip } from '../../lib/model/presets.js';

const clips = (frames: number, side: number, width = side): ClipShape => ({
  ...{ frames, height: side, width, channels: 3 },
});

describe('resolvePreset', () => {
  const fitting: readonly (readonly [string, ClipShape])[] = [
    ['conv-tiny', clips(20, 64)],
    ['conv-tiny', clips(16, 64)],
    ['conv-tiny', clips(4, 16)],
    ['conv-tiny', clips(16, 128)],
    ['conv-small', clips(20, 64)],
    ['conv-small', clips(16, 128)],
    ['vit-tiny', clips(16, 64)],
    ['vit-small', clips(16, 224)],
    ['vit-base', clips(16, 224)],
  ];
  for (const [name, shape] of fitting) {
    it(`gives ${name} for ${shape.frames} frames of ${shape.height} pixels a side`, () => {
      const config = resolvePreset(name, shape);
      expect(modelConfigSchema.parse(config)).to.deep.equal(config);
      expect(clipShapeOfModel(config)).to.deep.equal(shape);
      expect(name).to.match(new RegExp(`^${config.family}-`));
      const { rows, columns } = gridOfModel(config);
      // The coarse scale of conv halves the grid; the heads of vit share its width.
      if (config.family === 'conv') expect([rows % 2, columns % 2]).to.deep.equal([0, 0]);
      else expect([config.width % config.heads, config.decoderWidth % config.decoderHeads]).to.deep.equal([0, 0]);
    });
  }

  it('reads as many channels as the clips have', () => {
    for (const name of ['conv-tiny', 'vit-tiny']) {
      const config = resolvePreset(name, { ...clips(16, 64), channels: 1 });
      expect(config).to.deep.equal({ ...resolvePreset(name, clips(16, 64)), channels: 1 });
      expect(modelConfigSchema.parse(config)).to.deep.equal(config);
    }
  });

  it('has a case above for every preset', () => {
    expect([...new Set(fitting.map(([name]) => name))]).to.have.members(presetNames);
  });

  it('gives the base model the tokens of VideoMAE', () => {
    expect(gridOfModel(resolvePreset('vit-base', clips(16, 224))).tokens).to.equal(1568);
  });

  const refusalOf = (name: string, shape: ClipShape): string => {
    try {
      resolvePreset(name, shape);
    } catch (error) {
      expect(error).to.be.instanceOf(LacunaError).with.property('kind', 'usage');
      return error instanceof Error ? error.message : '';
    }
    throw new Error(`${name} was not refused`);
  };

  it('suggests the nearest name for an unknown one, or names all', () => {
    expect(refusalOf('conv-tiney', clips(16, 64))).to.equal('There is no preset conv-tiney; did you mean conv-tiny?');
    for (const name of ['resnet', 'constructor', '']) {
      expect(refusalOf(name, clips(16, 64))).to.equal(
        `There is no preset ${name}; take one of ${presetNames.join(', ')}`,
      );
    }
  });

  it('says what a vit needs, what there is, and how to come to it', () => {
    const sentence = refusalOf('vit-tiny', clips(20, 32));
    expect(sentence).to.include('vit-tiny needs clips of 16 × 64 × 64 × 3');
    expect(sentence).to.include('has clips of 20 × 32 × 32 × 3');
    expect(sentence).to.include('--size 64 --frames 16');
    for (const shape of [clips(15, 64), clips(16, 64, 32), clips(16, 56)]) refusalOf('vit-tiny', shape);
  });

  it('says what a conv needs, whatever does not fit', () => {
    const multiple = 2 * resolvePreset('conv-tiny', clips(16, 64)).patch;
    const wrong = [
      clips(16, 64, 128),
      clips(16, 64 + multiple / 2),
      clips(16, multiple * 1000),
      clips(1, 64),
      clips(1000, 64),
    ];
    for (const shape of wrong) {
      const { frames, height, width } = shape;
      expect(refusalOf('conv-tiny', shape))
        .to.include(`multiple of ${multiple}`)
        .and.include(`has clips of ${frames} × ${height} × ${width} × 3`);
    }
  });
});

describe('usualClip', () => {
  it('fits each preset, and is some clip for what is none', () => {
    for (const name of presetNames) expect(resolvePreset(name, usualClip(name))).to.have.property('frames', 16);
    expect(usualClip('vit-base').height).to.equal(224);
    expect(usualClip('toString')).to.deep.equal({ frames: 16, height: 64, width: 64, channels: 3 });
  });
});
