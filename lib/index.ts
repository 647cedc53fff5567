// Owns the public interface, and nothing else: what a program that uses Lacuna may rely on.
export type { JobControls, Progress } from './clip/job.js';
export { LacunaError, type LacunaErrorKind } from './clip/lacuna-error.js';
export type { PrepareOptions } from './dataset/prepare-options.js';
export { prepare, type PrepareResult } from './dataset/prepare.js';
export { type Ffmpeg, findFfmpeg } from './video/find-ffmpeg.js';
export { type WorldOptions, writeWorld } from './worlds/write-world.js';
