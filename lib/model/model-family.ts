// Owns the contract that every family of models meets. Knows no family.
import type { Tensor } from '@tensorflow/tfjs';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { MaskKey } from '../masking/plan-mask.js';
import type { Tensors } from '../operations/operation.js';
import type { ModelParameter } from './initial.js';

/** An input that says what is hidden: its values, and the shape that a compiled program has for it. */
export type PlanInput =
  | { readonly type: 'float32'; readonly shape: readonly number[]; readonly values: Float32Array }
  | { readonly type: 'int32'; readonly shape: readonly number[]; readonly values: Int32Array };

/** What a network made of the hidden part of a batch, in the family's own layout. */
export type Reconstruction = {
  readonly prediction: Tensor;
  /** What the encoder made of what is visible, as `encode` gives it. */
  readonly encoded: Tensor;
  /** What it should have been, of the shape of `prediction`: pixels 0 to 1 less some guess, or normalised. */
  readonly target: Tensor;
  /** Broadcasts to `prediction`, 1 where it is scored and 0 elsewhere; absent where all of it is. */
  readonly weights?: Tensor;
  /** The pixels that were filled in, 0 to 1: `[B, Nh, t·p·p·C]` of the hidden tokens in order, or `[B, N, t·p·p·C]` of all. */
  readonly tokens: () => Tensor;
};

/** Where the tokens of a whole clip stand: by steps of time, then rows, then columns. */
export type TokenLayout = {
  /** 1 where all frames are in one token. */
  readonly steps: number;
  readonly rows: number;
  readonly columns: number;
  /** D. */
  readonly width: number;
};

/** Parameters by what is kept after pretraining, and what is thrown away. */
export type FamilyParameters = {
  readonly encoder: readonly ModelParameter[];
  readonly head: readonly ModelParameter[];
};

/**
 * One family of models: pure functions of parameters, of `pixels` (float32 `[B, T, H, W, C]`, 0 to 255) and of the inputs
 * that say what is hidden. Plans of one batch have the same counts.
 */
export interface ModelFamily<Config> {
  readonly parameters: (config: Config) => FamilyParameters;
  /** What each layer of the encoder gives of a whole clip: layer 0 is what the first block is given, layer k what the k-th block gives. */
  readonly layers: (config: Config) => readonly TokenLayout[];
  /** The inputs beside `pixels`. Where two batches give the same shapes, one compiled program serves both. */
  readonly planInputs: (config: Config, plans: readonly MaskPlan[]) => Readonly<Record<string, PlanInput>>;
  /**
   * The inputs that are drawn anew for each step of training and without which nothing is left out; absent where there are none.
   * @param keys one for each clip of the batch
   */
  readonly noiseInputs?: (config: Config, keys: readonly MaskKey[]) => Readonly<Record<string, PlanInput>>;
  /** What a layer makes of what is visible, `[B, n, D]`. @param layer default: the last one, as it is handed to a head */
  readonly encode: (config: Config, parameters: Tensors, inputs: Tensors, layer?: number) => Tensor;
  /** What fills the hidden part. */
  readonly reconstruct: (config: Config, parameters: Tensors, inputs: Tensors) => Reconstruction;
}
