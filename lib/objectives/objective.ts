// Owns the contract that every objective meets: what a training minimises. Knows no objective.
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { TokenGrid } from '../clip/token-grid.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { ClassifierConfig } from '../model/model-config.js';
import type { ModelFamily, PlanInput } from '../model/model-family.js';
import type { Tensors } from '../operations/operation.js';
import type { LossExpression } from './loss-expression.js';

/** What an objective is told beside the network. */
export type ObjectiveOptions = {
  readonly grid: TokenGrid;
  /** What of a filled-in clip is minimised. */
  readonly loss: LossExpression;
  /** What stands on the encoder, where it tells classes apart. */
  readonly classifier: ClassifierConfig | undefined;
};

/** What the inputs of a batch follow from. */
export type BatchOptions = ObjectiveOptions & {
  readonly plans: readonly MaskPlan[];
  /** The class of each clip, where it is known. */
  readonly classes?: Int32Array | undefined;
  /** A number for each clip, the same for those of one source; absent where clips are not held against each other. */
  readonly sources?: Int32Array | undefined;
  /** The part of the certainty about a class that is spread evenly over all. */
  readonly smoothing: number;
};

/** A way to learn from clips. */
export interface Objective {
  /** The inputs that the loss reads beside the family's own; absent where there are none. */
  readonly planInputs?: (options: BatchOptions) => Readonly<Record<string, PlanInput>>;
  /**
   * The loss of a batch: a pure function of parameters and inputs, and the mean over clips, so that a batch may be cut into parts.
   */
  readonly loss: <Config>(
    family: ModelFamily<Config>,
    config: Config,
    parameters: Tensors,
    inputs: Tensors,
    options: ObjectiveOptions,
  ) => Tensor | Scalar;
}
