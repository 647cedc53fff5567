import { expect } from 'chai';
import { ArenaState } from '../../lib/engine/arena-state.js';
import { stateArrayNames } from '../../lib/engine/engine.js';
import { layOutParameters } from '../../lib/engine/parameter-layout.js';

const layout = layOutParameters([{ name: 'w', shape: [2], decay: true }]);
const arraysOf = (start: number) => ({
  parameters: Float32Array.of(start, start + 1),
  moments1: Float32Array.of(start + 2, start + 3),
  moments2: Float32Array.of(start + 4, start + 5),
});

describe('ArenaState', () => {
  it('reads what was written last, once it is swapped in', () => {
    const state = new ArenaState(layout);
    state.write(arraysOf(1));
    state.next.parameters.set([10, 11]);
    state.next.moments1.set([12, 13]);
    state.next.moments2.set([14, 15]);
    expect(state.read()).to.deep.equal(arraysOf(1));
    state.swap(stateArrayNames);
    expect(state.read()).to.deep.equal(arraysOf(10));
    expect(state.next).to.deep.equal(arraysOf(1));
  });

  it('keeps two arenas and no more, so that views of them stay good', () => {
    const state = new ArenaState(layout);
    const [one, other] = [state.current.parameters, state.next.parameters];
    state.write(arraysOf(1));
    expect(state.current.parameters).to.equal(one);
    state.swap(stateArrayNames);
    expect(state.current.parameters).to.equal(other);
    state.swap(stateArrayNames);
    expect(state.current.parameters).to.equal(one);
    expect(one).to.deep.equal(arraysOf(1).parameters);
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

  it('is known from other states, and its layout from other layouts', () => {
    const state = new ArenaState(layout);
    expect(ArenaState.of(state)).to.equal(state);
    expect(ArenaState.of(state, layOutParameters(layout.places))).to.equal(state);
    expect(() => ArenaState.of({ layout })).to.throw(TypeError, 'another kind of engine');
    const other = layOutParameters([{ name: 'v', shape: [2], decay: true }]);
    expect(() => ArenaState.of(state, other)).to.throw(RangeError, 'the state has w [2] where the program has v [2]');
  });
});
