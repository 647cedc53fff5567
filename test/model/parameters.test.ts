import { expect } from 'chai';
import { withFamily } from '../../lib/model/families.js';
import { lastLayerOf, layersOf, parametersOf } from '../../lib/model/parameters.js';
import { smallConv, smallVit } from './small-models.js';

describe('parameters', () => {
  for (const config of [smallConv, smallVit]) {
    const { encoder, head } = withFamily(config, (family, own) => family.parameters(own));
    const namesOf = (parameters: readonly { readonly name: string }[]) => parameters.map(({ name }) => name);

    it(`are the encoder's and the head's of a ${config.family}`, () => {
      expect(namesOf(parametersOf(config))).to.deep.equal([...namesOf(encoder), ...namesOf(head)]);
    });

    it(`are the encoder's and the classifier's of a ${config.family} that tells classes apart`, () => {
      const classifier = { labels: ['a', 'b', 'c'], pooling: 'mean' } as const;
      const names = namesOf(parametersOf({ ...config, classifier }));
      expect(names.slice(0, encoder.length)).to.deep.equal(namesOf(encoder));
      expect(names.slice(encoder.length)).to.deep.equal([
        'fc_norm.weight',
        'fc_norm.bias',
        'classifier.weight',
        'classifier.bias',
      ]);
      const { shape } = parametersOf({ ...config, classifier }).at(-2) ?? {};
      expect(shape).to.deep.equal([3, lastLayerOf(config).width]);
    });
  }

  it('knows where the tokens of each layer stand', () => {
    expect(layersOf(smallConv)).to.deep.equal([
      { steps: 1, rows: 4, columns: 4, width: 6 },
      { steps: 1, rows: 4, columns: 4, width: 6 },
      { steps: 1, rows: 2, columns: 2, width: 8 },
    ]);
    expect(layersOf({ ...smallVit, depth: 2 })).to.deep.equal(
      new Array(3).fill({ steps: 2, rows: 4, columns: 4, width: 12 }),
    );
  });
});
