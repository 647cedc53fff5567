// Owns our side of the benchmark `prepare`: the library's own call, from video files to a dataset folder. Runs as a process of its
// own.
import { prepare } from '../../dist/index.js';
import { type PrepareRound, prepareTaskSchema } from './prepare-task.js';
import { serveRounds } from './serve-rounds.js';

await serveRounds(async (given) => {
  const { files, size, fps, frames, threads, out } = prepareTaskSchema.parse(given);
  const run = async (inputs: readonly string[]) =>
    prepare({ inputs, out, size, fps, frames, jobs: threads, overwrite: true });
  await run(files.slice(0, 1));
  return async (): Promise<PrepareRound> => {
    const started = performance.now();
    const { clips, failures } = await run(files);
    const seconds = (performance.now() - started) / 1000;
    if (failures.length > 0) throw new Error(failures.map(({ video, detail }) => `${video}: ${detail}`).join('; '));
    return { seconds, pictures: clips * frames, peakBytes: process.resourceUsage().maxRSS * 1024 };
  };
});
