// Owns the table of benchmarks: a new one is one file and one line here.
import type { Benchmark } from './benchmark.js';
import { engine } from './engine.js';
import { loader } from './loader.js';
import { prepare } from './prepare.js';

/** All benchmarks by name. */
export const benchmarks: Readonly<Record<string, Benchmark>> = { engine, prepare, loader };
