// Owns parameters and moments as flat arrays in memory: one set that is read and one that is written. Knows nothing of what
// computes the next set.
import { type EngineState, type StateArrays, stateArrayNames } from './engine.js';
import { checkSameLayout, type ParameterLayout } from './parameter-layout.js';

/** The state of an engine that computes in main memory. */
export class ArenaState implements EngineState {
  readonly layout: ParameterLayout;
  #current: StateArrays;
  #next: StateArrays;

  constructor(layout: ParameterLayout) {
    this.layout = layout;
    this.#current = createArrays(layout.length);
    this.#next = createArrays(layout.length);
  }

  /** What the next step reads. */
  get current(): StateArrays {
    return this.#current;
  }

  /** Where the next step writes. */
  get next(): StateArrays {
    return this.#next;
  }

  /** Makes what was written what is read. */
  swap(): void {
    [this.#current, this.#next] = [this.#next, this.#current];
  }

  /** A copy of what is read. */
  read(): StateArrays {
    return {
      parameters: this.#current.parameters.slice(),
      moments1: this.#current.moments1.slice(),
      moments2: this.#current.moments2.slice(),
    };
  }

  /** Replaces what is read. @throws {RangeError} where an array has another length than the layout; nothing is replaced. */
  write(arrays: StateArrays): void {
    for (const name of stateArrayNames) {
      if (arrays[name].length !== this.layout.length) {
        throw new RangeError(`${name} must hold ${this.layout.length} values, got ${arrays[name].length}`);
      }
    }
    for (const name of stateArrayNames) this.#current[name].set(arrays[name]);
  }

  /**
   * The state as what it is.
   * @param layout what the program at hand expects
   * @throws {TypeError} for a state of another kind of engine.
   * @throws {RangeError} for a state of another layout.
   */
  static of(state: EngineState, layout?: ParameterLayout): ArenaState {
    if (!(state instanceof ArenaState)) throw new TypeError('this state was made by another kind of engine');
    if (layout !== undefined) checkSameLayout(state.layout, layout);
    return state;
  }
}

function createArrays(length: number): StateArrays {
  return {
    parameters: new Float32Array(length),
    moments1: new Float32Array(length),
    moments2: new Float32Array(length),
  };
}
