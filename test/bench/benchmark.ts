// Owns the contract of a benchmark: what it is asked for and what it gives back. Knows no benchmark.

/** What a benchmark is run with, beside its cases. */
export type BenchmarkSetting = {
  /** Rounds of each side, at most. Default: as many as the benchmark finds enough. */
  readonly rounds: number | undefined;
  /** The interpreter of peers written in Python; without it they are left out. */
  readonly python: string | undefined;
  /** Ends the run, and every process that it started. */
  readonly signal: AbortSignal;
  /** Told in a line what is going on. */
  readonly onProgress: (line: string) => void;
};

/** What one case came to on all sides. A higher value is better. */
export type Measured = {
  readonly case: string;
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  /** What the machine allows, measured in the same run; absent where nothing tells. */
  readonly limit?: { readonly name: string; readonly value: number };
  /** The most memory that each side's process held at once, by the side's name; `ours` is one of them. */
  readonly peakBytes?: Readonly<Record<string, number>>;
};

/** {@link Measured} with ours ÷ each peer, and ours ÷ the limit under `limit`. */
export type Row = Measured & { readonly ratio: Readonly<Record<string, number>> };

/** What a benchmark found. */
export type BenchmarkResult = {
  readonly measured: readonly Measured[];
  /** Versions of what was measured beside Lacuna and node. */
  readonly versions: Readonly<Record<string, string>>;
  /** Sentences about what is missing, and why. */
  readonly notes: readonly string[];
};

/** One benchmark. */
export interface Benchmark {
  /** A sentence for the help. */
  readonly description: string;
  /** All case names, in the order in which they run. */
  readonly cases: readonly string[];
  /** Measures some of the cases. */
  readonly run: (cases: readonly string[], setting: BenchmarkSetting) => Promise<BenchmarkResult>;
}

/** Adds the ratios. */
export function createRow(measured: Measured): Row {
  const { ours, peers, limit } = measured;
  const others = { ...peers, ...(limit === undefined ? {} : { limit: limit.value }) };
  return {
    ...measured,
    ratio: Object.fromEntries(Object.entries(others).map(([name, value]) => [name, ours / value])),
  };
}
