// Owns parameters and moments as flat arrays in memory: one set that is read and one that is written. Knows nothing of what
// computes the next set.
import { type EngineState, namesOfState, type StateArrayName, type StateArrays, type StateOptions } from './engine.js';
import { checkSameLayout, type ParameterLayout } from './parameter-layout.js';

/** The state of an engine that computes in main memory. */
export class ArenaState implements EngineState {
  readonly layout: ParameterLayout;
  #current: StateArrays;
  #next: StateArrays;

  constructor(layout: ParameterLayout, options: StateOptions = {}) {
    this.layout = layout;
    this.#current = createArrays(layout.length, options);
    this.#next = createArrays(layout.length, options);
  }

  /** What the next step reads. */
  get current(): StateArrays {
    return this.#current;
  }

  /** Where the next step writes. */
  get next(): StateArrays {
    return this.#next;
  }

  /** Makes what was written what is read, for these arrays; the others stay as they are. */
  swap(names: readonly StateArrayName[]): void {
    const pick = (from: StateArrays) => Object.fromEntries(names.map((name) => [name, from[name]]));
    [this.#current, this.#next] = [
      { ...this.#current, ...pick(this.#next) },
      { ...this.#next, ...pick(this.#current) },
    ];
  }

  /** A copy of what is read. */
  read(): StateArrays {
    const { parameters, moments1, moments2, averages } = this.#current;
    return {
      parameters: parameters.slice(),
      moments1: moments1.slice(),
      moments2: moments2.slice(),
      ...(averages === undefined ? {} : { averages: averages.slice() }),
    };
  }

  /**
   * Replaces what is read.
   * @throws {RangeError} where an array is missing or has another length than the layout; nothing is replaced.
   */
  write(arrays: StateArrays): void {
    const names = namesOfState(this.#current);
    for (const name of names) {
      if (arrays[name]?.length !== this.layout.length) {
        throw new RangeError(`${name} must hold ${this.layout.length} values, got ${arrays[name]?.length ?? 'none'}`);
      }
    }
    for (const name of names) this.#current[name]?.set(arrays[name] ?? []);
  }

  /**
   * The state as what it is.
   * @param layout what the program at hand expects
   * @param needsAverages whether the program reads or moves averages
   * @throws {TypeError} for a state of another kind of engine.
   * @throws {RangeError} for a state of another layout, and for one without the averages that are needed.
   */
  static of(state: EngineState, layout?: ParameterLayout, needsAverages = false): ArenaState {
    if (!(state instanceof ArenaState)) throw new TypeError('this state was made by another kind of engine');
    if (layout !== undefined) checkSameLayout(state.layout, layout);
    if (needsAverages && state.current.averages === undefined) {
      throw new RangeError('the program needs moving averages, and the state keeps none');
    }
    return state;
  }
}

function createArrays(length: number, { averages = false }: StateOptions): StateArrays {
  return {
    parameters: new Float32Array(length),
    moments1: new Float32Array(length),
    moments2: new Float32Array(length),
    ...(averages ? { averages: new Float32Array(length) } : {}),
  };
}
