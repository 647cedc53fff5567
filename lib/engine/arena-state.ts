// Owns parameters and moments as flat arrays in memory. Knows nothing of what computes the next ones.
import { checkAverages, checkStateArrays } from './check-arrays.js';
import { type EngineState, namesOfState, type StateArrays, type StateOptions } from './engine.js';
import { checkSameLayout, type ParameterLayout } from './parameter-layout.js';

/** The state of an engine that computes in main memory. */
export class ArenaState implements EngineState {
  readonly layout: ParameterLayout;
  /** Where the numbers are. A step reads them and writes the next ones in their place. */
  readonly arrays: StateArrays;

  constructor(layout: ParameterLayout, options: StateOptions = {}) {
    this.layout = layout;
    this.arrays = createArrays(layout.length, options);
  }

  /** A copy of the numbers. */
  read(): StateArrays {
    const { parameters, moments1, moments2, averages } = this.arrays;
    return {
      parameters: parameters.slice(),
      moments1: moments1.slice(),
      moments2: moments2.slice(),
      ...(averages === undefined ? {} : { averages: averages.slice() }),
    };
  }

  /**
   * Replaces the numbers.
   * @throws {RangeError} where an array is missing or has another length than the layout; nothing is replaced.
   */
  write(arrays: StateArrays): void {
    const names = namesOfState({ averages: this.arrays.averages !== undefined });
    checkStateArrays(names, arrays, this.layout);
    for (const name of names) this.arrays[name]?.set(arrays[name] ?? []);
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
    checkAverages(needsAverages, state.arrays.averages !== undefined);
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
