// Owns the bare pipe of the benchmark `prepare`: ffmpeg with our filter, one process a file and as many at once as there are cores,
// its frames read and dropped. Runs as a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { decodeGraph } from '../../dist/video/decode-graph.js';
import { rawOutputArguments } from '../../dist/video/ffmpeg-arguments.js';
import { type Ffmpeg, findFfmpeg } from '../../dist/video/find-ffmpeg.js';
import { type PrepareRound, type PrepareTask, prepareTaskSchema } from './prepare-task.js';
import { serveRounds } from './serve-rounds.js';

await serveRounds(async (given) => {
  const task = prepareTaskSchema.parse(given);
  const ffmpeg = await findFfmpeg();
  await pipe(ffmpeg, task.files[0] ?? '', task);
  return async (): Promise<PrepareRound> => {
    const started = performance.now();
    const waiting = [...task.files];
    let bytes = 0;
    const work = async () => {
      for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
        const length = await pipe(ffmpeg, file, task);
        bytes += length;
      }
    };
    await Promise.all(Array.from({ length: task.threads }, work));
    const seconds = (performance.now() - started) / 1000;
    const pictures = bytes / (task.size * task.size * 3);
    return { seconds, pictures, peakBytes: process.resourceUsage().maxRSS * 1024 };
  };
});

/** Decodes one file and returns how many bytes came. */
async function pipe(ffmpeg: Ffmpeg, file: string, { files, size, fps, threads }: PrepareTask): Promise<number> {
  const words = [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error'],
    // Each process by itself where they keep all cores busy; by ffmpeg's own choice where there are fewer.
    ...(files.length >= threads ? ['-threads', '1'] : []),
    ...['-i', file, '-vf', decodeGraph(size, size, 'cover', fps)],
    ...rawOutputArguments(ffmpeg),
  ];
  const child = spawn(ffmpeg.path, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let bytes = 0;
  child.stdout.on('data', (chunk: Uint8Array) => (bytes += chunk.length));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} on ${file}`);
  return bytes;
}
