// Owns `lacuna embed`: the vectors of a model for many videos.
import { partOfMany, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type EmbedOptions = Parameters<Library['embed']>[0];
type EmbedFlags = Omit<EmbedOptions, 'model' | 'inputs' | 'threads' | 'pooling' | 'part'> & {
  readonly pool?: EmbedOptions['pooling'];
  readonly shard?: NonNullable<EmbedOptions['part']>;
};

export const addEmbed: AddCommand = (program) =>
  program
    .command('embed')
    .description('write one vector a clip: .npy, with a .jsonl that says which clip each row is, or .parquet')
    .argument('<model>', 'a run folder, or a folder with model.safetensors')
    .argument('<videos...>', 'video files, folders that are searched for them, and datasets')
    .requiredOption('--out <file>', 'the vectors: .npy, or .parquet; continued where the same call was ended')
    .option('--layer <n>', 'a layer of the encoder, from 0; default: the last one', wholeNumber())
    .option(
      '--pool <how>',
      'mean, grid (the means of 4 × 4 parts of the picture), frames (one vector for each step of time) or tokens; default: mean',
    )
    .option('--average', 'one row a video, the mean over its clips')
    .option(
      '--shard <i/n>',
      'take only part i of n, from 0: for many machines; lacuna merge joins .npy files',
      partOfMany,
    )
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(
      runCommand<[string, string[]], EmbedFlags>(
        embedVideos,
        'what is done is kept: run the same command again to go on',
      ),
    );

async function embedVideos(
  { library, controls, say, threaded }: Session,
  [model, inputs]: [string, string[]],
  { pool: pooling, shard: part, ...flags }: EmbedFlags,
): Promise<Outcome> {
  const result = await library.embed({ ...flags, ...threaded, pooling, part, model, inputs }, controls);
  const { out, vectors, width, clipsNow, seconds, failures } = result;
  const made = `${plural(vectors, 'vector')} of ${width} numbers`;
  say(`${out}: ${made} at ${(clipsNow / seconds).toFixed(1)} clips/s, ${plural(failures.length, 'failure')}`);
  return {
    json: result,
    made: vectors > 0,
    failures: failures.map(({ video, reason, detail }) => ({ video, reason: `${reason}: ${detail}` })),
    failuresFile: out.replace(/\.[^.]*$/, '.failures.jsonl'),
  };
}
