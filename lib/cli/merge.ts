// Owns `lacuna merge`: from the parts of a dataset, or of vectors, to one.
import path from 'node:path';
import { describeTraining } from './next-step.js';
import { plural } from './plural.js';
import { type AddCommand, type Outcome, runCommand, type Session } from './run-command.js';

type MergeFlags = { readonly out: string; readonly overwrite?: boolean };

export const addMerge: AddCommand = (program) =>
  program
    .command('merge')
    .description('join datasets, or files of vectors, such as the parts that prepare or embed --shard made')
    .argument('<parts...>', 'dataset folders made with the same options, or .npy files of one model; no video in two')
    .requiredOption(
      '--out <dataset>',
      'the dataset folder, continued where the same merge was ended; or .npy or .parquet',
    )
    .option('--overwrite', 'replace a dataset that is there')
    .action(
      runCommand<[string[]], MergeFlags>(merge, 'run the same command again: what was joined of datasets is kept'),
    );

async function merge(session: Session, [parts]: [string[]], flags: MergeFlags): Promise<Outcome> {
  return parts.every((part) => /\.npy$/i.test(part))
    ? mergeVectors(session, parts, flags)
    : mergeDatasets(session, parts, flags);
}

async function mergeVectors(
  { library, controls, say }: Session,
  embeddings: string[],
  { out }: MergeFlags,
): Promise<Outcome> {
  const result = await library.mergeEmbeddings({ embeddings, out }, controls);
  say(`${out}: ${plural(result.vectors, 'vector')} of ${plural(result.videos, 'video')}`);
  return { json: { ...result, embeddings: embeddings.length } };
}

async function mergeDatasets(
  { library, controls, say }: Session,
  datasets: string[],
  flags: MergeFlags,
): Promise<Outcome> {
  const result = await library.mergeDatasets({ ...flags, datasets }, controls);
  const { out, videos, clips, failures } = result;
  say(`${out}: ${plural(clips, 'clip')} from ${plural(videos, 'video')} of ${plural(datasets.length, 'dataset')}`);
  // They failed when the datasets were made: nothing has failed here.
  if (failures.length > 0) {
    say(`${plural(failures.length, 'failure')} of the datasets listed in ${path.join(out, 'failures.jsonl')}`);
  }
  say(describeTraining(out));
  return { json: { ...result, datasets: datasets.length } };
}
