// Owns the contract that every objective meets: what pretraining minimises. Knows no objective.
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { ModelFamily } from '../model/model-family.js';
import type { Tensors } from '../operations/operation.js';

/** A way to learn from clips without labels. */
export interface Objective {
  /** The loss of a batch: a pure function of parameters and inputs. */
  readonly loss: <Config>(
    family: ModelFamily<Config>,
    config: Config,
    parameters: Tensors,
    inputs: Tensors,
  ) => Tensor | Scalar;
}
