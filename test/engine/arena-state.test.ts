import { expect } from 'chai';
import { ArenaState } from '../../lib/engine/arena-state.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';

const layout = layOutParameters([{ name: 'w', shape: [2], decay: true }]);
const arraysOf = (start: number) => ({
  parameters: Float32Array.of(start, start + 1),
  moments1: Float32Array.of(start + 2, start + 3),
  moments2: Float32Array.of(start + 4, start + 5),
});

describe('ArenaState', () => {
  it('gives copies, and keeps its arrays so that views of them stay good', () => {
    const state = new ArenaState(layout);
    const { parameters } = state.arrays;
    state.write(arraysOf(1));
    expect(state.arrays.parameters).to.equal(parameters);
    const read = state.read();
    expect(read).to.deep.equal(arraysOf(1));
    read.parameters.fill(9);
    expect(state.read()).to.deep.equal(arraysOf(1));
    state.arrays.moments1.set([12, 13]);
    expect(state.read().moments1).to.deep.equal(Float32Array.of(12, 13));
  });

  it('replaces all or nothing', () => {
    const state = new ArenaState(layout);
    state.write(arraysOf(1));
    for (const name of ['parameters', 'moments1', 'moments2'] as const) {
      expect(() => state.write({ ...arraysOf(7), [name]: new Float32Array(3) })).to.throw(
        RangeError,
        `${name} must hold 2 values, got 3`,
      );
    }
    expect(state.read()).to.deep.equal(arraysOf(1));
  });

  it('keeps averages where they are asked for, and needs them in what is written', () => {
    const state = new ArenaState(layout, { averages: true });
    expect(state.read().averages).to.deep.equal(new Float32Array(2));
    const averages = Float32Array.of(7, 8);
    state.write({ ...arraysOf(1), averages });
    expect(state.read()).to.deep.equal({ ...arraysOf(1), averages });
    expect(state.read().averages).not.to.equal(state.arrays.averages);
    expect(() => state.write(arraysOf(2))).to.throw(RangeError, 'averages must hold 2 values, got none');
    expect(state.read()).to.deep.equal({ ...arraysOf(1), averages });
    const bare = new ArenaState(layout);
    bare.write({ ...arraysOf(1), averages });
    expect(bare.read()).to.have.all.keys('parameters', 'moments1', 'moments2');
    expect(ArenaState.of(state, layout, true)).to.equal(state);
    expect(() => ArenaState.of(bare, layout, true)).to.throw(
      RangeError,
      'the program needs moving averages, and the state keeps none',
    );
  });

  it('is known from other states, and its layout from other layouts', () => {
    const state = new ArenaState(layout);
    expect(ArenaState.of(state)).to.equal(state);
    expect(ArenaState.of(state, layOutParameters(layout.places))).to.equal(state);
    expect(() => ArenaState.of({ layout })).to.throw(TypeError, 'another kind of engine');
    const other = layOutParameters([{ name: 'v', shape: [2], decay: true }]);
    expect(() => ArenaState.of(state, other)).to.throw(RangeError, 'the state has w [2] where the program has v [2]');
  });
});
