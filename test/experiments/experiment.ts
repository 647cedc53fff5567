// Owns the contract of an experiment: what it is asked for and what it gives back. Knows no experiment.

/** What an experiment is run with, beside its cases. */
export type ExperimentSetting = {
  /** Minutes of training that each side has, for each seed; evaluation is not counted. */
  readonly minutes: number;
  /** What the random choices of each repetition follow from. */
  readonly seeds: readonly number[];
  /** Clips of the test, at most as many as the experiment has; fewer are for trying the command out. */
  readonly clips: number | undefined;
  /** Where the result of each stage is kept, so that a later call goes on from there. */
  readonly folder: string;
  /** The interpreter of peers written in Python; without it they are left out. */
  readonly python: string | undefined;
  /** Ends the run, and every process that it started. */
  readonly signal: AbortSignal;
  /** Told in a line what is going on. */
  readonly onProgress: (line: string) => void;
};

/** A figure at one moment of training. */
export type CurvePoint = { readonly minutes: number; readonly value: number };

/** What one case came to by one metric. */
export type ExperimentRow = {
  readonly case: string;
  readonly metric: string;
  readonly better: 'lower' | 'higher';
  /** One value a seed. */
  readonly ours: readonly number[];
  /** What is reached without learning. */
  readonly baselines: Readonly<Record<string, number>>;
  /** Other networks, trained for as long on the same machine; one value a seed. */
  readonly peers: Readonly<Record<string, readonly number[]>>;
  readonly minutes: number;
  /** How each side came there, one curve a seed; `ours` is one of them. The last point is the value of the row. */
  readonly curves: Readonly<Record<string, readonly (readonly CurvePoint[])[]>>;
};

/** What an experiment found. */
export type ExperimentResult = {
  readonly rows: readonly ExperimentRow[];
  /** Versions of what was measured beside Lacuna and node. */
  readonly versions: Readonly<Record<string, string>>;
  /** Sentences about what is missing, and why. */
  readonly notes: readonly string[];
};

/** One experiment. */
export interface Experiment {
  /** A sentence for the help. */
  readonly description: string;
  /** All case names. */
  readonly cases: readonly string[];
  /** Those that run where none is named. */
  readonly defaultCases: readonly string[];
  /** Trains and evaluates some of the cases, in this order. */
  readonly run: (cases: readonly string[], setting: ExperimentSetting) => Promise<ExperimentResult>;
}
