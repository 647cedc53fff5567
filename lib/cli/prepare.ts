// Owns `lacuna prepare`: from videos to a dataset folder.
import path from 'node:path';
import { describeBytes } from './byte-text.js';
import { partOfMany, realNumber, timeInSeconds, wholeNumber } from './flag-values.js';
import { describeTraining } from './next-step.js';
import { plural } from './plural.js';
import {
  type AddCommand,
  type InputFailure,
  type Library,
  type Outcome,
  runCommand,
  type Session,
} from './run-command.js';

/** As the library has it. */
const defaultFrames = 16;

type PrepareOptions = Parameters<Library['prepare']>[0];
type PrepareResult = Awaited<ReturnType<Library['prepare']>>;
type PrepareFlags = Omit<
  PrepareOptions,
  'inputs' | 'part' | 'timeoutSeconds' | 'groups' | 'startSeconds' | 'endSeconds'
> & {
  readonly group?: string;
  readonly shard?: NonNullable<PrepareOptions['part']>;
  readonly timeout?: number;
  readonly start?: number;
  readonly end?: number;
  readonly dryRun?: boolean;
};

export const addPrepare: AddCommand = (program) =>
  program
    .command('prepare')
    .description('cut videos into clips: a dataset folder for pretraining')
    .argument('<videos...>', 'video files, and folders that are searched for them')
    .requiredOption('--out <dataset>', 'the dataset folder; continued if it was made with the same options')
    .option('--size <pixels>', 'height and width of the clips; default: 64', wholeNumber({ least: 8 }))
    .option('--fps <n>', 'frames a second that the videos are read at; default: 12', realNumber({ above: 0 }))
    .option('--frames <n>', 'frames of a clip; default: 16', wholeNumber({ least: 1 }))
    .option('--stride <n>', 'frames from one frame of a clip to the next; default: 1', wholeNumber({ least: 1 }))
    .option('--hop <n>', 'frames from one clip to the next; default: frames × stride', wholeNumber({ least: 1 }))
    .option('--fit <how>', 'cover (what does not fit is cut off), contain (black beside it) or stretch; default: cover')
    .option('--grey', 'clips of one channel, the grey of each pixel: a third of the bytes, and quicker networks')
    .option(
      '--start <time>',
      'where each video is read from, seconds or h:mm:ss; default: its beginning',
      timeInSeconds,
    )
    .option('--end <time>', 'where each video is read to, seconds or h:mm:ss; default: its end', timeInSeconds)
    .option('--labels <folder|file.csv>', 'what the clips show: the name of their folder, or the lines of a CSV file')
    .option('--group <file.csv|pattern>', 'what a split keeps together: a CSV file, or an expression for file names')
    .option('--jobs <n>', 'videos decoded at once; default: the number of cores', wholeNumber({ least: 1 }))
    .option('--shard <i/n>', 'take only part i of n, from 0: for many machines, each with its own --out', partOfMany)
    .option('--shard-clips <n>', 'clips in one file; default: as many as fit into 256 MiB', wholeNumber({ least: 1 }))
    .option('--timeout <seconds>', 'without a frame before a video is given up; default: 60', realNumber({ above: 0 }))
    .option(
      '--max-pixels <pixels>',
      'width × height above which a video is refused; default: 8192 × 8192',
      wholeNumber({ least: 1 }),
    )
    .option(
      '--max-seconds <seconds>',
      'of frames before a video is given up; default: an hour, more for large files',
      realNumber({ above: 0 }),
    )
    .option('--follow-links', 'follow symbolic links that lead out of the folders given')
    .option('--no-disk-check', 'begin even where the clips seem not to fit the disk')
    .option('--dry-run', 'read headers only and say how much would be made; write nothing')
    .option('--overwrite', 'replace a dataset that is there')
    .action(
      runCommand<[string[]], PrepareFlags>(prepareDataset, 'what is done is kept: run the same command again to go on'),
    );

async function prepareDataset(
  { library, controls, say }: Session,
  [inputs]: [string[]],
  { shard, timeout, group, start, end, dryRun = false, ...flags }: PrepareFlags,
): Promise<Outcome> {
  const renamed = { groups: group, part: shard, timeoutSeconds: timeout, startSeconds: start, endSeconds: end };
  const options = { ...flags, ...renamed, inputs };
  if (dryRun) return describePlan(await library.planPreparation(options, controls));
  const result = await library.prepare(options, controls);
  const { out, videos, clips, failures, unreadable, classes, unmatched } = result;
  say(`${out}: ${plural(clips, 'clip')} from ${plural(videos, 'video')}, ${plural(failures.length, 'failure')}`);
  for (const line of describeLeft(result)) say(line);
  if (flags.labels !== undefined) say(describeClasses(classes, clips, flags.labels));
  if (unmatched.length > 0) say(describeUnmatched(unmatched));
  if (clips > 0) say(describeTraining(out, flags.frames ?? defaultFrames));
  return {
    json: result,
    made: clips > 0,
    failures: [...listFailures(failures), ...listUnreadable(unreadable)],
    ...(failures.length > 0 ? { failuresFile: path.join(out, 'failures.jsonl') } : {}),
  };
}

function describeClasses(classes: PrepareResult['classes'], clips: number, labels: string): string {
  if (classes.length === 0) {
    return labels === 'folder'
      ? 'No clip has a label: no video lies in a folder of its input'
      : `No clip has a label: none lies wholly inside frames that ${labels} labels; fewer --frames or a higher --fps make clips shorter`;
  }
  const labelled = classes.reduce((sum, { clips: count }) => sum + count, 0);
  return `${labelled} of ${plural(clips, 'clip')} labelled: ${listFirst(classes.map((found) => `${found.label} ${found.clips}`))}`;
}

function describeUnmatched(unmatched: PrepareResult['unmatched']): string {
  const named = unmatched.map(({ source, line, file }) => `${file} (line ${line} of ${path.basename(source)})`);
  return `${plural(unmatched.length, 'line')} without a video: ${listFirst(named)}`;
}

function listFirst(names: readonly string[], most = 5): string {
  return [...names.slice(0, most), ...(names.length > most ? [`and ${names.length - most} more`] : [])].join(', ');
}

type PreparationPlan = Awaited<ReturnType<Library['planPreparation']>>;

/** Ends as `prepare` would end. */
function describePlan(plan: PreparationPlan): Outcome {
  const { out, videos, clips, bytes, freeBytes, unknown, failures, unreadable, skipped } = plan;
  const fits = freeBytes === undefined || bytes <= freeBytes;
  const room = freeBytes === undefined ? '' : `, where ${describeBytes(freeBytes)} are free`;
  const answer = [
    `${out}: about ${plural(clips, 'clip')} from ${plural(videos, 'video')} by their headers, ${plural(failures.length, 'failure')}`,
    `${describeBytes(bytes)} of shards${room}${fits ? '' : ': they do not fit'}`,
    ...(unknown.length > 0
      ? [`${plural(unknown.length, 'video')} of unknown length, not counted: ${unknown[0]} …`]
      : []),
    ...(skipped > 0 ? [`${plural(skipped, 'video')} already there`] : []),
    ...describeLeft(plan),
  ];
  return {
    json: plan,
    answer: answer.join('\n'),
    made: fits && clips + unknown.length + skipped > 0,
    failures: [...listFailures(failures), ...listUnreadable(unreadable)],
  };
}

function describeLeft({
  passedOver,
  linksLeft,
}: {
  readonly passedOver: number;
  readonly linksLeft: number;
}): string[] {
  return [
    ...(passedOver > 0 ? [`${plural(passedOver, 'file')} passed over: not videos`] : []),
    ...(linksLeft > 0 ? [`${plural(linksLeft, 'link')} not followed: out of the folders given (--follow-links)`] : []),
  ];
}

function listFailures(failures: PreparationPlan['failures']): InputFailure[] {
  return failures.map(({ video, reason, detail }) => ({ video, reason: [reason, detail].join(': ') }));
}

function listUnreadable(unreadable: PreparationPlan['unreadable']): InputFailure[] {
  return unreadable.map(({ path: place, code }) => ({ video: place, reason: `cannot be read (${code})` }));
}
