import { expect } from 'chai';
import fc from 'fast-check';
import {
  checkSameLayout,
  countElements,
  layOutParameters,
  placesOf,
  type ParameterSpec,
} from '../../lib/engine/parameter-layout.js';

const specs: ParameterSpec[] = [
  { name: 'bias', shape: [3], decay: false },
  { name: 'weight', shape: [3, 2], decay: true },
  { name: 'scale', shape: [], decay: false },
  { name: 'kernel', shape: [1, 2, 2], decay: true },
];

describe('layOutParameters', () => {
  it('places those that decay first, each kind in the given order', () => {
    const { places, groups, length } = layOutParameters(specs);
    expect(places.map(({ name, offset, length }) => [name, offset, length])).to.deep.equal([
      ['weight', 0, 6],
      ['kernel', 6, 4],
      ['bias', 10, 3],
      ['scale', 13, 1],
    ]);
    expect(groups).to.deep.equal([
      { decay: true, rate: 1, offset: 0, length: 10 },
      { decay: false, rate: 1, offset: 10, length: 4 },
    ]);
    expect(length).to.equal(14);
  });

  it('covers the arena without a gap, for any parameters', () => {
    const spec = fc.record({ shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }), decay: fc.boolean() });
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 8 }), (shapes) => {
        const layout = layOutParameters(shapes.map((shape, index) => ({ ...shape, name: `p${index}` })));
        const ends = layout.places.map(({ offset, length }) => offset + length);
        expect(layout.places.map(({ offset }) => offset)).to.deep.equal([0, ...ends].slice(0, ends.length));
        expect(ends.at(-1) ?? 0).to.equal(layout.length);
        expect(layout.places).to.have.length(shapes.length);
        expect(layout.groups.flatMap((group) => placesOf(layout, group))).to.deep.equal(layout.places);
        for (const group of layout.groups) {
          const inside = placesOf(layout, group);
          expect(inside.every(({ decay }) => decay === group.decay)).to.be.true;
          expect(inside.reduce((sum, { length }) => sum + length, 0)).to.equal(group.length);
        }
      }),
      { seed: 1 },
    );
  });

  it('has no group for a kind that does not occur', () => {
    expect(layOutParameters(specs.filter(({ decay }) => !decay)).groups).to.deep.equal([
      { decay: false, rate: 1, offset: 0, length: 4 },
    ]);
    expect(layOutParameters([])).to.deep.equal({ places: [], groups: [], length: 0 });
  });

  it('refuses two parameters of one name', () => {
    const twice = [...specs, { name: 'bias', shape: [1], decay: true }];
    expect(() => layOutParameters(twice)).to.throw(RangeError, 'there are two parameters bias');
  });
});

describe('checkSameLayout', () => {
  const layout = layOutParameters(specs);

  it('takes a layout made anew', () => {
    checkSameLayout(layout, layOutParameters(specs));
    // Only the order within a kind tells.
    checkSameLayout(layout, layOutParameters(layout.places));
  });

  const others: Record<string, [ParameterSpec[], string]> = {
    'another name': [
      specs.map((spec) => (spec.name === 'kernel' ? { ...spec, name: 'filter' } : spec)),
      'the state has kernel [1, 2, 2] where the program has filter [1, 2, 2]',
    ],
    'another shape of the same length': [
      specs.map((spec) => (spec.name === 'weight' ? { ...spec, shape: [2, 3] } : spec)),
      'the state has weight [3, 2] where the program has weight [2, 3]',
    ],
    'one that no longer decays': [
      specs.map((spec) => ({ ...spec, decay: false })),
      'the state has weight [3, 2] where the program has bias [3] without decay',
    ],
    'one more': [
      [...specs, { name: 'more', shape: [1], decay: false }],
      'the state has no parameter where the program has more [1] without decay',
    ],
    'one less': [specs.slice(0, 3), 'the state has kernel [1, 2, 2] where the program has bias [3] without decay'],
  };
  for (const [what, [other, message]] of Object.entries(others)) {
    it(`names the first parameter that differs: ${what}`, () => {
      expect(() => checkSameLayout(layout, layOutParameters(other))).to.throw(RangeError, message);
    });
  }
});

describe('countElements', () => {
  it('is the product of the sizes; a scalar holds one value, an empty axis none', () => {
    expect([[], [7], [2, 3, 4], [2, 0, 4]].map(countElements)).to.deep.equal([1, 7, 24, 0]);
  });
});
