// Owns the contract of where the ONNX engine keeps states, and how a program sees them. Knows no place.
import type { Tensor } from 'onnxruntime-web';
import type { EngineState, StateArrayName, StateArrays, StateOptions } from './engine.js';
import type { ParameterLayout } from './parameter-layout.js';

/** Graph inputs or outputs by name. */
export type OnnxTensors = Record<string, Tensor>;

/** An array that a program may read as parameters. */
export type ReadArray = 'parameters' | 'averages';

/** What a program reads and writes of a state. */
export type StateUse = {
  /** Read as parameters, one by one. */
  readonly reads?: readonly ReadArray[];
  /** Read and written group by group. */
  readonly updates?: readonly StateArrayName[];
};

/** A state as a program's inputs and outputs. */
export type StateView = {
  /**
   * The inputs.
   * @param weights which array is fed as the parameters. Default `parameters`.
   * @throws {TypeError} for a state of another kind of engine.
   * @throws {RangeError} for a state of another layout, and for one without an array that is needed.
   */
  readonly feeds: (state: EngineState, weights?: ReadArray) => Promise<OnnxTensors>;
  /** The outputs: memory that is not read now. */
  readonly fetches: (state: EngineState) => Promise<OnnxTensors>;
  /** Makes what was written what is read. */
  readonly swap: (state: EngineState) => void;
};

/** A place for states. */
export interface OnnxMemory {
  createState(layout: ParameterLayout, options?: StateOptions): EngineState;
  /** A copy. */
  readState(state: EngineState): Promise<StateArrays>;
  /** @throws {RangeError} where an array is missing or has another length than the layout; nothing is replaced. */
  writeState(state: EngineState, arrays: StateArrays): Promise<void>;
  /** How programs of this layout and use see a state. */
  view(layout: ParameterLayout, use: StateUse): StateView;
  /** Frees all states. */
  dispose(): Promise<void>;
}

/** All arrays of a use, each once. */
export function arraysOfUse({ reads = [], updates = [] }: StateUse): readonly StateArrayName[] {
  return [...new Set<StateArrayName>([...reads, ...updates])];
}
