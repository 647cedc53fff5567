// Owns what an engine and a thread that works out one part of a batch tell each other. Knows neither side.
import type { InputArrays, InputSpec } from './engine.js';
import type { ReadArray } from './onnx-memory.js';
import type { ParameterLayout } from './parameter-layout.js';

/** A graph of gradients, for one part of a batch. */
export type PartGraph = {
  /** The model file. */
  readonly bytes: Uint8Array;
  readonly layout: ParameterLayout;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly reads: readonly ReadArray[];
  /** Threads of one operation. */
  readonly threads: number;
};

/** Arrays of a state, in memory that all threads see. A run copies them first: no tensor may lie in shared memory. */
export type SharedArrays = { readonly [Name in ReadArray]?: Float32Array<SharedArrayBuffer> };

/** What a thread is asked. Requests are answered in their order. */
export type PartRequest =
  | { readonly name: 'open'; readonly graph: number; readonly of: PartGraph; readonly shared: SharedArrays }
  | {
      readonly name: 'run';
      readonly graph: number;
      readonly inputs: InputArrays;
      /** `[P]`, handed over. */
      readonly gradients: Float32Array<ArrayBuffer>;
    }
  | { readonly name: 'release'; readonly graph: number };

/** The loss of a part and its gradients `[P]`, in the memory that was handed over. */
export type PartResult = { readonly loss: number; readonly gradients: Float32Array<ArrayBuffer> };

/** The answer to a request; only a run has a result. */
export type PartAnswer = { readonly result?: PartResult } | { readonly error: string };
