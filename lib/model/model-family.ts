// Owns the contract that every family of models meets. Knows no family.
import type { Tensor } from '@tensorflow/tfjs';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { Tensors } from '../operations/operation.js';
import type { ModelParameter } from './initial.js';

/** An input that says what is hidden: its values, and the shape that a compiled program has for it. */
export type PlanInput =
  | { readonly type: 'float32'; readonly shape: readonly number[]; readonly values: Float32Array }
  | { readonly type: 'int32'; readonly shape: readonly number[]; readonly values: Int32Array };

/** What a network made of the hidden part of a batch, in the family's own layout, values 0 to 1. */
export type Reconstruction = {
  readonly prediction: Tensor;
  /** What was there, of the shape of `prediction`. */
  readonly target: Tensor;
  /** Broadcasts to `prediction`, 1 where it was hidden and 0 elsewhere; absent where all of it was hidden. */
  readonly weights?: Tensor;
  /** The prediction as tokens: `[B, Nh, t·p·p·C]` of the hidden ones in order, or `[B, N, t·p·p·C]` of all. */
  readonly tokens: () => Tensor;
};

/**
 * One family of models: pure functions of parameters, of `pixels` (float32 `[B, T, H, W, C]`, 0 to 255) and of the inputs
 * that say what is hidden. Plans of one batch have the same counts.
 */
export interface ModelFamily<Config> {
  /** All parameters: the encoder's, and the head's, whose names begin with one of the family's own prefixes. */
  readonly parameters: (config: Config) => readonly ModelParameter[];
  /** The inputs beside `pixels`. Where two batches give the same shapes, one compiled program serves both. */
  readonly planInputs: (config: Config, plans: readonly MaskPlan[]) => Readonly<Record<string, PlanInput>>;
  /** The representation `h` `[B, D]` of what is visible. */
  readonly embed: (config: Config, parameters: Tensors, inputs: Tensors) => Tensor;
  /** What fills the hidden part. */
  readonly reconstruct: (config: Config, parameters: Tensors, inputs: Tensors) => Reconstruction;
}
