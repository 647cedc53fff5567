// Owns what is said between a program and the thread that owns the engine. Knows neither.
import type { TokenGrid } from '../clip/token-grid.js';
import type { OptimiserConstants, StateArrays, StepRates, StepReport } from '../engine/engine.js';
import type { DeviceName } from '../engine/device-names.js';
import type { EngineName } from '../engine/engine-names.js';
import type { ParameterLayout } from '../engine/parameter-layout.js';
import type { MaskPlan } from '../masking/mask-plan.js';
import type { MaskKey } from '../masking/plan-mask.js';
import type { ModelConfig } from '../model/model-config.js';
import type { ObjectiveName } from '../objectives/objective-names.js';
import type { EmbedChoice, Learning } from '../objectives/programs.js';

/** The plan of one clip without its grid, which follows from the model. */
export type PlanIndices = Omit<MaskPlan, 'grid'>;

/** What of a plan is said. */
export function indicesOf({ visible, hidden, unused }: MaskPlan): PlanIndices {
  return { visible, hidden, unused };
}

/** The plan that hides nothing. */
export function wholePlan({ tokens }: TokenGrid): PlanIndices {
  const visible = Int32Array.from({ length: tokens }, (_, token) => token);
  return { visible, hidden: new Int32Array(0), unused: new Int32Array(0) };
}

/** What can be asked, and what is answered. */
export type ComputeCalls = {
  /** Loads the engine and makes a state for the model. First of all. */
  open: [
    {
      readonly model: ModelConfig;
      readonly engine: EngineName;
      readonly device?: DeviceName | undefined;
      readonly threads: number | undefined;
      /** Whether the state keeps moving averages of the parameters. Default false. */
      readonly averages?: boolean | undefined;
      /** How it learns, where it does. */
      readonly learning?: Learning | undefined;
    },
    { readonly layout: ParameterLayout },
  ];
  /** Sets all parameters to their first values. */
  initialise: [{ readonly seed: number }, undefined];
  /** Replaces the state. */
  writeState: [StateArrays, undefined];
  /** A copy of the state. */
  readState: [undefined, StateArrays];
  /** One training step on `pixels` `[B, T, H, W, C]`, B = plans; they come back, in the same memory. */
  step: [
    {
      readonly objective: ObjectiveName;
      readonly optimiser: OptimiserConstants;
      readonly pixels: Uint8Array<ArrayBuffer>;
      readonly plans: readonly PlanIndices[];
      /** What the random choices of the step follow from, one for each clip. Without them nothing is left out. */
      readonly keys?: readonly MaskKey[];
      /** The class of each clip, where the objective is about classes. */
      readonly classes?: Int32Array | undefined;
      /** A number for each clip, the same for those of one source, where the loss compares clips. */
      readonly sources?: Int32Array | undefined;
      readonly rates: StepRates;
    },
    { readonly report: StepReport; readonly pixels: Uint8Array<ArrayBuffer> },
  ];
  /**
   * Adds `weight` times the gradients of a micro-batch to those that are waiting for `apply`; `begins` throws away what waits. Where
   * the loss is no number, nothing is added.
   */
  accumulate: [
    {
      readonly objective: ObjectiveName;
      readonly pixels: Uint8Array<ArrayBuffer>;
      readonly plans: readonly PlanIndices[];
      /** As in `step`. */
      readonly keys?: readonly MaskKey[];
      readonly classes?: Int32Array | undefined;
      readonly sources?: Int32Array | undefined;
      readonly weight: number;
      readonly begins: boolean;
    },
    { readonly loss: number; readonly pixels: Uint8Array<ArrayBuffer> },
  ];
  /** One update by the gradients that wait. The norm is no number where they are none, and nothing is changed. */
  apply: [{ readonly optimiser: OptimiserConstants; readonly rates: StepRates }, { readonly gradientNorm: number }];
  /** The loss of a batch, with nothing learned: of the moving averages, where the state keeps them. */
  measure: [
    {
      readonly objective: ObjectiveName;
      readonly pixels: Uint8Array<ArrayBuffer>;
      readonly plans: readonly PlanIndices[];
      /** As in `step`. */
      readonly classes?: Int32Array | undefined;
    },
    number,
  ];
  /**
   * Fills in the hidden tokens of each clip, values 0 to 1: `[Nh, t·p·p·C]` for each plan. `batch`, at least the number of
   * plans, is what is compiled for.
   */
  fill: [
    { readonly pixels: Uint8Array; readonly plans: readonly PlanIndices[]; readonly batch: number },
    readonly Float32Array[],
  ];
  /** The representation of `clips` whole clips, one after the other; see `pooledShape`. */
  embed: [{ readonly pixels: Uint8Array; readonly clips: number; readonly batch: number } & EmbedChoice, Float32Array];
  /** How likely each class is for `clips` whole clips, `[clips, K]`. */
  classify: [{ readonly pixels: Uint8Array; readonly clips: number; readonly batch: number }, Float32Array];
  /** Frees everything; nothing may be asked afterwards. */
  close: [undefined, undefined];
};

/** The name of a call. */
export type CallName = keyof ComputeCalls;

/** A call on its way to the thread. */
export type ComputeRequest = {
  [Name in CallName]: { readonly name: Name; readonly argument: ComputeCalls[Name][0] };
}[CallName];

/** Its answer: a value, or the error that was thrown. */
export type ComputeAnswer =
  | { readonly value: ComputeCalls[CallName][1] }
  | { readonly error: { readonly message: string; readonly kind?: string; readonly stack?: string } };
