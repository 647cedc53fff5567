// Owns the contract of an engine: what runs the mathematics of a model. Knows no implementation.
import type { Tensor } from '@tensorflow/tfjs';
import type { Tensors } from '../operations/operation.js';
import type { OptimiserName } from './optimiser-names.js';
import type { ParameterLayout } from './parameter-layout.js';

/** An input of a program. `uint8` reaches the program's function as float32 in [0, 255]. */
export type InputSpec = { readonly type: 'float32' | 'int32' | 'uint8'; readonly shape: readonly number[] };

/** The values of inputs, by name; lengths and types as the specification says. */
export type InputArrays = Readonly<Record<string, Float32Array | Int32Array | Uint8Array>>;

/** What every program says: its parameters, and its inputs with their baked shapes. */
type ProgramBase = {
  /** Says which program it is, for messages. */
  readonly name: string;
  readonly layout: ParameterLayout;
  readonly inputs: Readonly<Record<string, InputSpec>>;
};

/** A scalar to be minimised, as a pure function of parameters and inputs. Every parameter must take part. */
export type LossProgram = ProgramBase & {
  /** `averages` are the moving averages of the parameters, by the same names; there are none unless `readsAverages`. */
  readonly loss: (parameters: Tensors, inputs: Tensors, averages: Tensors) => Tensor;
  /** Whether the loss reads the moving averages, as a teacher's weights. Nothing is learned through them. Default false. */
  readonly readsAverages?: boolean;
  /**
   * How many parts of a batch a run is given, each with inputs as the program says. Loss and gradients are the means over them.
   * An engine may run them side by side. Default 1.
   */
  readonly parts?: number;
};

/** The inputs of a run: of the only part of a batch, or of each. */
export type BatchArrays = InputArrays | readonly InputArrays[];

/** Tensors by name, as a pure function of parameters and inputs. */
export type ForwardProgram = ProgramBase & { readonly outputs: (parameters: Tensors, inputs: Tensors) => Tensors };

/** What of the optimiser is baked into a compiled step. */
export type OptimiserConstants = {
  /** Default `adamw`. */
  readonly name?: OptimiserName;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Gradients are scaled down to this L2 norm over all parameters. */
  readonly clipNorm: number;
  /** Whether each step also moves the averages of the parameters. Default false. */
  readonly movesAverages?: boolean;
};

/** A program of each kind that an engine compiles. */
export type Programs = {
  /** Loss, gradients and update in one. */
  step: LossProgram & { readonly optimiser: OptimiserConstants };
  /** Loss and gradients alone, for accumulation or a sum over machines. */
  gradients: LossProgram;
  /** The update alone. */
  apply: { readonly layout: ParameterLayout; readonly optimiser: OptimiserConstants };
  /** Outputs, with nothing learned. */
  forward: ForwardProgram;
};

/** What changes from step to step of the optimiser. */
export type StepRates = {
  readonly learningRate: number;
  /** Decoupled decay λ; each step shrinks the parameters that decay by λ × the rate. */
  readonly weightDecay: number;
  /** t, from 1: for the bias corrections. */
  readonly step: number;
  /** The part of the old average that stays, in [0, 1]; what is missing to 1 is taken of the new parameters. Default 0. */
  readonly averageDecay?: number;
};

/** What one training step reports. */
export type StepReport = {
  readonly loss: number;
  /** L2 norm over all parameters, before clipping. */
  readonly gradientNorm: number;
};

/**
 * What each kind of program is compiled to. `release` frees what it holds. `run` rejects with a `RangeError` or `TypeError`, and
 * changes nothing, where there are more or fewer parts than the program says, an array has another length or type, or the state
 * another layout or engine; with a `NotFiniteError`, and changes nothing, where the loss is no number or, in a step or an update, the
 * norm of the gradient.
 */
export type Compiled = {
  step: {
    readonly run: (state: EngineState, inputs: BatchArrays, rates: StepRates) => Promise<StepReport>;
    readonly release: () => Promise<void>;
  };
  gradients: {
    /** Gradients `[P]` in the order of the arena; the array is used again by the next call. */
    readonly run: (state: EngineState, inputs: BatchArrays) => Promise<{ loss: number; gradients: Float32Array }>;
    readonly release: () => Promise<void>;
  };
  apply: {
    readonly run: (state: EngineState, gradients: Float32Array, rates: StepRates) => Promise<{ gradientNorm: number }>;
    readonly release: () => Promise<void>;
  };
  forward: {
    /**
     * Outputs by name, whatever their type; the caller owns the arrays.
     * @param weights which numbers of the state are the parameters
     */
    readonly run: (
      state: EngineState,
      inputs: InputArrays,
      weights?: 'parameters' | 'averages',
    ) => Promise<Record<string, Float32Array>>;
    readonly release: () => Promise<void>;
  };
};

/** Parameters and moments where the engine keeps them. */
export type EngineState = { readonly layout: ParameterLayout };

/** What a state keeps beyond parameters and moments. */
export type StateOptions = {
  /** Moving averages of the parameters. Default false. */
  readonly averages?: boolean;
};

/** The arrays that every state has. */
export const stateArrayNames = ['parameters', 'moments1', 'moments2'] as const satisfies readonly (keyof StateArrays)[];

/** The name of an array that a state may have. */
export type StateArrayName = keyof StateArrays;

/** The numbers of a state, each `[P]` in the order of the arena. */
export type StateArrays = {
  readonly parameters: Float32Array;
  /** First moments of AdamW. */
  readonly moments1: Float32Array;
  /** Second moments of AdamW. */
  readonly moments2: Float32Array;
  /** Moving averages of the parameters, where the state keeps them. */
  readonly averages?: Float32Array;
};

/** The names of a state's arrays. */
export function namesOfState({ averages = false }: StateOptions): readonly StateArrayName[] {
  return averages ? [...stateArrayNames, 'averages'] : stateArrayNames;
}

/** What runs programs. */
export interface Engine {
  /** How many parts of a batch it runs side by side, if they are asked for; 1 where it runs them one after another. */
  readonly sideBySide: number;
  /**
   * Turns a program into something that runs.
   * @throws {Error} where an operation is unknown to the engine. That a loss is not one number, or that a parameter takes no part
   * in it, is a `RangeError` here or when it first runs.
   */
  compile<Kind extends keyof Compiled>(kind: Kind, program: Programs[Kind]): Promise<Compiled[Kind]>;
  /** A state of zeros. */
  createState(layout: ParameterLayout, options?: StateOptions): EngineState;
  /** A copy of the state's numbers. Rejects with a `TypeError` for a state of another kind of engine. */
  readState(state: EngineState): Promise<StateArrays>;
  /** Replaces the state's numbers. Rejects with a `RangeError` where an array is missing or has another length. */
  writeState(state: EngineState, arrays: StateArrays): Promise<void>;
  /** Frees all that was compiled. */
  dispose(): Promise<void>;
}
