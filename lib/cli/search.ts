// Owns `lacuna search`: the clips of an archive that are nearest to a given one.
import { alignColumns } from './align-columns.js';
import { repeated, timeInSeconds, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { printable } from './printable.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type SearchOptions = Parameters<Library['search']>[0];
type SearchFlags = Pick<SearchOptions, 'model' | 'count' | 'exact' | 'engine' | 'device'> & {
  readonly at?: number;
  readonly sheet?: string;
  readonly videos?: string[];
};

export const addSearch: AddCommand = (program) =>
  program
    .command('search')
    .description('find the clips that are nearest to a given one, by the vectors of embed')
    .argument('<vectors.npy>', 'a file that embed wrote')
    .argument('<video>', 'a video with the clip that others are held against')
    .requiredOption('--model <run>', 'the run folder of the model that made the vectors')
    .option('--at <time>', 'where in the video the clip is, in seconds or h:mm:ss; default: 0', timeInSeconds)
    .option('--count <n>', 'how many are found at most; default: 10', wholeNumber({ least: 1, most: 100_000 }))
    .option('--sheet <file.png>', 'draw the clip and below it those that were found; needs --videos')
    .option(
      '--videos <path>',
      'a video or a folder of videos that was embedded, for --sheet; may be repeated',
      repeated,
    )
    .option('--exact', 'compare with every vector, even above 100,000, where an index answers otherwise')
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .action(runCommand<[string, string], SearchFlags>(searchClips));

async function searchClips(
  { library, controls, threaded, say }: Session,
  [embeddings, clip]: [string, string],
  { at: startSeconds, sheet, videos = [], ...flags }: SearchFlags,
): Promise<Outcome> {
  if ((sheet === undefined) !== (videos.length === 0)) {
    throw new library.LacunaError('usage', 'A sheet needs both --sheet and --videos.');
  }
  if (sheet !== undefined) await library.checkSheetFile(sheet);
  const result = await library.search({ ...flags, ...threaded, embeddings, clip, startSeconds }, controls);
  if (sheet !== undefined) {
    await library.writeSearchSheet({ result, model: flags.model, clip, videos, out: sheet }, controls);
    say(`${sheet}: the clip, and below it ${plural(result.found.length, 'clip')} that are near`);
  }
  const rows = result.found.map(({ video, startSeconds: start, cosine }) => [
    printable(video),
    `${start.toFixed(2)} s`,
    cosine.toFixed(4),
  ]);
  return { json: result, answer: alignColumns([['', 'from', 'cosine'], ...rows]).join('\n') };
}
