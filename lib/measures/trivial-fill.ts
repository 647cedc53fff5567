// Owns the contract of a trivial fill: a way to fill hidden pixels in without having learned anything. Knows none of them.
import type { MaskPlan } from '../masking/mask-plan.js';

/** What a fill may know beside the clip. */
export type FillContext = {
  /** The mean training frame `[H, W, C]`, 0 to 255. */
  readonly meanFrame: Float32Array;
  /** Ends a fill that starts a process. */
  readonly signal?: AbortSignal | undefined;
};

/** A clip `[T, H, W, C]`, 0 to 255, and what is hidden of it. */
export type HiddenClip = { readonly clip: Uint8Array; readonly plan: MaskPlan };

/** One way to fill in. It never looks at a hidden or an unused pixel; unused pixels stand in its result as they were. */
export interface TrivialFill {
  /** Whether it can fill this plan. */
  readonly appliesTo: (plan: MaskPlan) => boolean;
  /**
   * The clip `[T, H, W, C]`, 0 to 255, with the hidden pixels filled in and all others as they were.
   * @throws {RangeError} where it does not apply to the plan, or the clip or the mean frame is not of the plan's shape.
   */
  readonly fill: (
    clip: Uint8Array,
    plan: MaskPlan,
    context: FillContext,
  ) => Float32Array<ArrayBuffer> | Promise<Float32Array<ArrayBuffer>>;
  /** The same for several clips of one shape, where that is quicker than one after the other. */
  readonly fillAll?: (
    clips: readonly HiddenClip[],
    context: FillContext,
  ) => Promise<readonly Float32Array<ArrayBuffer>[]>;
}
