// Owns what is said of one way to fill clips: the figures and their definitions. Knows nothing of how they are gathered.

/**
 * How well some frames were filled in. Values are in [0, 1]; means are over frames of which something is hidden. Where whole
 * frames are hidden, `mse`, `mae`, `psnr` and both structural similarities are OpenSTL's, and the hidden ones equal them.
 */
export type FrameFigures = {
  /** Squared error summed over the C · H · W values of a frame; lower is better. */
  readonly mse: number;
  /** Absolute error summed over the C · H · W values of a frame; lower is better. */
  readonly mae: number;
  /** Squared error of one value of one pixel: `mse` / (C · H · W). */
  readonly pixelMse: number;
  /** Absolute error of one value of one pixel: `mae` / (C · H · W). */
  readonly pixelMae: number;
  /** Mean of the frames' dB, after clipping, each at most 100; higher is better. */
  readonly psnr: number;
  /** Mean of the frames' structural similarity, up to 1; higher is better. NaN for frames smaller than 7 × 7. */
  readonly ssim: number;
  /** The same with the constants of a range of 2, as in many published tables; higher than `ssim`. */
  readonly ssimRange2: number;
  /** Squared error of one hidden value, times C · H · W, so that it compares with `mse`. */
  readonly hiddenMse: number;
  /** Absolute error of one hidden value, times C · H · W, so that it compares with `mae`. */
  readonly hiddenMae: number;
  /** Mean of the frames' dB over their hidden pixels alone. */
  readonly hiddenPsnr: number;
};

/** The figures of one time step. */
export type StepFigures = FrameFigures & {
  /** The frame of the clip, from 0. */
  readonly frame: number;
  /** In how many clips something of it was hidden. */
  readonly clips: number;
};

/** How well clips were filled in. */
export type Figures = FrameFigures & {
  /**
   * The standard error of `hiddenMse`, from how much it differs between sources: clips of one video are alike and count as one. NaN
   * where there is only one source.
   */
  readonly hiddenMseError: number;
  /** The same figures for each frame of which something was hidden in any clip, ascending. */
  readonly perStep: readonly StepFigures[];
};
