// Owns the contract that every objective meets: what pretraining minimises. Knows no objective.
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { TokenGrid } from '../clip/token-grid.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { ModelFamily, PlanInput } from '../model/model-family.js';
import type { Tensors } from '../operations/operation.js';
import type { LossExpression } from './loss-expression.js';

/** What an objective is told beside the network. */
export type ObjectiveOptions = {
  readonly grid: TokenGrid;
  /** What of a filled-in clip is minimised. */
  readonly loss: LossExpression;
};

/** A way to learn from clips without labels. */
export interface Objective {
  /** The inputs that the loss reads beside the family's own; absent where there are none. */
  readonly planInputs?: (options: ObjectiveOptions, plans: readonly MaskPlan[]) => Readonly<Record<string, PlanInput>>;
  /** The loss of a batch: a pure function of parameters and inputs. */
  readonly loss: <Config>(
    family: ModelFamily<Config>,
    config: Config,
    parameters: Tensors,
    inputs: Tensors,
    options: ObjectiveOptions,
  ) => Tensor | Scalar;
}
