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

  it('makes a group of each inner matrix, with all but its first size together', () => {
    const { groups } = layOutParameters([...specs, { name: 'inner', shape: [2, 3, 3, 4], decay: true, inner: true }]);
    expect(groups).to.deep.equal([
      { decay: true, rate: 1, offset: 0, length: 10 },
      { decay: true, rate: 1, offset: 10, length: 72, matrix: [2, 36] },
      { decay: false, rate: 1, offset: 82, length: 4 },
    ]);
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

  /** Name and length of each parameter of each group. */
  const grouped = (parameters: readonly ParameterSpec[]) => {
    const layout = layOutParameters(parameters);
    return layout.groups.map((group) => placesOf(layout, group).map(({ name, length }) => `${name} ${length}`));
  };
  const least = 2 ** 14;

  it('makes groups of their own of large parameters, and lets small neighbours share one', () => {
    const sizes = [100, 200, least - 1, least, least + 1, 300, 3 * least, 400];
    for (const decay of [true, false]) {
      const parameters = sizes.map((size, index) => ({ name: `p${index}`, shape: [size], decay }));
      expect(grouped(parameters)).to.deep.equal([
        [`p0 100`, `p1 200`, `p2 ${least - 1}`],
        [`p3 ${least}`],
        [`p4 ${least + 1}`],
        [`p5 300`],
        [`p6 ${3 * least}`],
        [`p7 400`],
      ]);
    }
    expect(grouped([{ name: 'only', shape: [128, 128], decay: true }])).to.deep.equal([[`only ${least}`]]);
  });

  it('lays those of the same rate together, each rate in groups of its own, those that decay first', () => {
    const layout = layOutParameters([
      { name: 'a', shape: [2], decay: false, rate: 0.5 },
      { name: 'b', shape: [3], decay: true, rate: 0.5 },
      { name: 'c', shape: [1], decay: true },
      { name: 'd', shape: [4], decay: true, rate: 0.5 },
      { name: 'e', shape: [5], decay: false, rate: 0 },
      { name: 'f', shape: [6], decay: true, rate: 1 },
      { name: 'g', shape: [7], decay: false, rate: 0.5 },
    ]);
    expect(layout.places.map(({ name }) => name).join('')).to.equal('bdcfage');
    expect(layout.groups).to.deep.equal([
      { decay: true, rate: 0.5, offset: 0, length: 7 },
      { decay: true, rate: 1, offset: 7, length: 7 },
      { decay: false, rate: 0.5, offset: 14, length: 9 },
      { decay: false, rate: 0, offset: 23, length: 5 },
    ]);
  });

  it('refuses a rate below 0 and one that is no number, and takes 0', () => {
    for (const rate of [-0.1, -Infinity, Number.NaN]) {
      expect(() => layOutParameters([{ name: 'w', shape: [1], decay: true, rate }])).to.throw(
        RangeError,
        `the rate of w must be at least 0, got ${rate}`,
      );
    }
    expect(layOutParameters([{ name: 'w', shape: [1], decay: true, rate: 0 }]).groups[0]?.rate).to.equal(0);
  });

  it('tiles the arena by groups whose parameters are updated alike, for any sizes, decays and rates', () => {
    const spec = fc.record({
      shape: fc.constantFrom([1], [7], [], [128, 127], [least], [129, 128], [3, 100]),
      decay: fc.boolean(),
      rate: fc.constantFrom(0, 0.5, 1, 2),
    });
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 12 }), (parameters) => {
        const given = parameters.map((parameter, index) => ({ ...parameter, name: `p${index}` }));
        const layout = layOutParameters(given);
        let end = 0;
        for (const group of layout.groups) {
          expect(group.offset).to.equal(end);
          expect(group.length).to.be.above(0);
          end += group.length;
          const inside = placesOf(layout, group);
          expect(inside.reduce((sum, { length }) => sum + length, 0)).to.equal(group.length);
          for (const { decay, rate, length } of inside) {
            expect([decay, rate]).to.deep.equal([group.decay, group.rate]);
            if (length >= least) expect(inside).to.have.length(1);
          }
        }
        expect(end).to.equal(layout.length);
        const names = (places: readonly { name: string }[]) => places.map(({ name }) => name).sort();
        expect(names(layout.places)).to.deep.equal(names(given));
        // Laid out again from what came of it, it stays as it is.
        expect(layOutParameters(layout.places)).to.deep.equal(layout);
      }),
      { seed: 2, numRuns: 200 },
    );
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
