// Owns `lacuna embed`: the vectors of a model for many videos.
import { wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type EmbedOptions = Parameters<Library['embed']>[0];
type EmbedFlags = Omit<EmbedOptions, 'model' | 'inputs' | 'threads' | 'pooling'> & {
  readonly pool?: EmbedOptions['pooling'];
};

export const addEmbed: AddCommand = (program) =>
  program
    .command('embed')
    .description('write one vector a clip: a .npy file, and a .jsonl that says which clip each row is')
    .argument('<model>', 'a run folder, or a folder with model.safetensors')
    .argument('<videos...>', 'video files, folders that are searched for them, and datasets')
    .requiredOption('--out <file.npy>', 'the file of vectors')
    .option('--layer <n>', 'a layer of the encoder, from 0; default: the last one', wholeNumber())
    .option('--pool <how>', 'mean, frames (one vector for each step of time) or tokens; default: mean')
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string[]], EmbedFlags>(embedVideos));

async function embedVideos(
  { library, controls, say, threaded }: Session,
  [model, inputs]: [string, string[]],
  { pool: pooling, ...flags }: EmbedFlags,
): Promise<Outcome> {
  const result = await library.embed({ ...flags, ...threaded, pooling, model, inputs }, controls);
  const { out, vectors, width, failures } = result;
  say(`${out}: ${plural(vectors, 'vector')} of ${width} numbers, ${plural(failures.length, 'failure')}`);
  return {
    json: result,
    made: vectors > 0,
    failures: failures.map(({ video, reason, detail }) => ({ video, reason: `${reason}: ${detail}` })),
    failuresFile: out.replace(/\.npy$/i, '.failures.jsonl'),
  };
}
