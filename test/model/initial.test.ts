import { expect } from 'chai';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';
import { countParameters, glorot, he, initialise, type ModelParameter, ones, zeros } from '../../lib/model/initial.js';

const matrix = (name: string, initial: ModelParameter['initial'], shape = [40, 100]): ModelParameter => ({
  ...{ name, shape, decay: true, initial },
});
const draw = (parameters: readonly ModelParameter[], seed: number) =>
  initialise(parameters, layOutParameters(parameters), seed);

describe('initialise', () => {
  const normal = matrix('one', { kind: 'normal', deviation: 0.5 });

  it('gives the same values for the same seed and name, and others for another', () => {
    const values = draw([normal], 1);
    expect(draw([normal], 1)).to.deep.equal(values);
    expect(draw([normal], 2)).not.to.deep.equal(values);
    const renamed = draw([{ ...normal, name: 'other' }], 1);
    expect(renamed.filter((value, index) => value === values[index])).to.have.length(0);
    // Whatever stands before it.
    const among = draw([matrix('zero', ones, [7]), normal], 1);
    expect(among.subarray(7)).to.deep.equal(values);
  });

  it('draws normal numbers of the deviation', () => {
    const values = draw([normal], 3);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(mean).to.be.closeTo(0, 0.03);
    expect(Math.sqrt(square)).to.be.closeTo(0.5, 0.025);
    expect(values.some((value) => Math.abs(value) > 1)).to.equal(true);
  });

  it('draws uniform numbers within the bound, up to both ends', () => {
    const values = draw([matrix('one', { kind: 'uniform', bound: 0.25 })], 3);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    expect([least, most].every((value) => Math.abs(value) <= 0.25)).to.equal(true);
    expect(least).to.be.below(-0.245);
    expect(most).to.be.above(0.245);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).to.be.closeTo(0, 0.01);
  });

  it('puts each parameter where the layout has it', () => {
    const parameters = [
      { ...matrix('bias', zeros, [2]), decay: false },
      matrix('scale', ones, [3]),
      { ...matrix('shift', { kind: 'constant', value: -2 }, [1]), decay: false },
    ];
    expect([...draw(parameters, 0)]).to.deep.equal([1, 1, 1, 0, 0, -2]);
  });

  it('refuses a layout of another model', () => {
    const layout = layOutParameters([normal, { name: 'more', shape: [1], decay: false }]);
    expect(() => initialise([normal], layout, 0)).to.throw(RangeError, 'more');
  });
});

describe('glorot, he and countParameters', () => {
  it('follow their formulas', () => {
    expect(glorot(20, 4)).to.deep.equal({ kind: 'uniform', bound: 0.5 });
    expect(he(8)).to.deep.equal({ kind: 'normal', deviation: 0.5 });
    expect(he(8, 0.1)).to.deep.equal({ kind: 'normal', deviation: 0.05 });
    expect(countParameters([matrix('one', ones), matrix('two', zeros, [3, 1, 2]), matrix('three', ones, [])])).to.equal(
      4007,
    );
  });
});
