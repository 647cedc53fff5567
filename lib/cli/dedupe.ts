// Owns `lacuna dedupe`: clips of an archive that are nearly the same.
import { realNumber } from './flag-values.js';
import { plural } from './plural.js';
import { printable } from './printable.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type DedupeOptions = Parameters<Library['dedupe']>[0];
type DedupeFlags = Omit<DedupeOptions, 'embeddings'>;

export const addDedupe: AddCommand = (program) =>
  program
    .command('dedupe')
    .description('find clips that are nearly the same, by the vectors of embed')
    .argument('<vectors.npy>', 'a file that embed wrote')
    .option(
      '--threshold <cosine>',
      'from here on two clips are nearly the same; default: 0.99',
      realNumber({ above: 0, most: 1 }),
    )
    .option('--within-videos', 'hold clips of one video against each other too')
    .action(runCommand<[string], DedupeFlags>(findDuplicates));

async function findDuplicates(
  { library, controls }: Session,
  [embeddings]: [string],
  flags: DedupeFlags,
): Promise<Outcome> {
  const result = await library.dedupe({ ...flags, embeddings }, controls);
  const place = ({ video, startSeconds }: { readonly video: string; readonly startSeconds: number }) =>
    `${printable(video)} from ${startSeconds.toFixed(2)} s`;
  const lines = result.groups.flatMap(({ kept, others }) => [
    place(kept),
    ...others.map((other) => `  ${other.cosine.toFixed(4)}  ${place(other)}`),
  ]);
  const sum = `${plural(result.duplicates, 'clip')} of ${result.clips} could be left out`;
  return { json: result, answer: [...lines, sum].join('\n') };
}
