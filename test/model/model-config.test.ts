import { expect } from 'chai';
import { clipShapeOfModel, gridOfModel, modelConfigSchema } from '../../lib/model/model-config.js';
import { smallConv, smallVit } from './small-models.js';

describe('model configurations', () => {
  it('are kept as they are', () => {
    for (const config of [smallConv, smallVit]) expect(modelConfigSchema.parse(config)).to.deep.equal(config);
  });

  it('are read from before there were targets and other decoders, as what they were', () => {
    const { target, ...conv } = smallConv;
    expect([target, modelConfigSchema.parse(conv)]).to.deep.equal(['residual', smallConv]);
    const { target: pixels, attention, decoder, dropPath, ...vit } = smallVit;
    expect([pixels, attention, decoder, dropPath]).to.deep.equal(['pixels', 'joint', 'self', 0]);
    expect(modelConfigSchema.parse(vit)).to.deep.equal(smallVit);
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['another family', { ...smallConv, family: 'gan' }],
    ['a field of the other family', { ...smallConv, heads: 2 }],
    ['an unknown field', { ...smallVit, dropout: 0.1 }],
    ['a width of 0', { ...smallVit, width: 0 }],
    ['an attention that a conv has not', { ...smallConv, attention: 'joint' }],
    ['an unknown target', { ...smallVit, target: 'words' }],
    ['a branch that never stays', { ...smallVit, dropPath: 1 }],
    ['half a patch', { ...smallConv, patch: 2.5 }],
    ['a text', { ...smallConv, width: '64' }],
  ];
  for (const [what, config] of wrong) {
    it(`refuse ${what}`, () => expect(modelConfigSchema.safeParse(config).success).to.equal(false));
  }

  it('say which clips a model reads and how it divides them', () => {
    expect(clipShapeOfModel({ ...smallConv, size: 64, frames: 20 })).to.deep.equal({
      ...{ frames: 20, height: 64, width: 64, channels: 3 },
    });
    expect(gridOfModel(smallVit)).to.include({ steps: 2, rows: 4, columns: 4, tokens: 32 });
    expect(gridOfModel(smallVit).tubelet).to.deep.equal({ frames: 2, size: 4 });
    expect(() => gridOfModel({ ...smallConv, patch: 5 })).to.throw(RangeError, '1 × 5 × 5');
  });
});
