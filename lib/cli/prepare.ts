// Owns `lacuna prepare`: from videos to a dataset folder.
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describeBytes } from './byte-text.js';
import { realNumber, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import {
  type AddCommand,
  type InputFailure,
  type Library,
  type Outcome,
  runCommand,
  type Session,
} from './run-command.js';

type PrepareOptions = Parameters<Library['prepare']>[0];
type PrepareFlags = Omit<PrepareOptions, 'inputs' | 'part' | 'timeoutSeconds'> & {
  readonly shard?: NonNullable<PrepareOptions['part']>;
  readonly timeout?: number;
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
    .option('--fit <how>', 'how a picture comes to the size; default: cover')
    .option('--jobs <n>', 'videos decoded at once; default: the number of cores', wholeNumber({ least: 1 }))
    .option('--shard <i/n>', 'take only part i of n, from 0: for many machines, each with its own --out', readPart)
    .option('--shard-clips <n>', 'clips in one file; default: as many as fit into 256 MiB', wholeNumber({ least: 1 }))
    .option('--timeout <seconds>', 'without a frame before a video is given up; default: 60', realNumber({ above: 0 }))
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
  { shard, timeout, dryRun = false, ...flags }: PrepareFlags,
): Promise<Outcome> {
  const options = { ...flags, inputs, part: shard, timeoutSeconds: timeout };
  if (dryRun) return describePlan(await library.planPreparation(options, controls));
  const result = await library.prepare(options, controls);
  const { out, videos, clips, failures, unreadable } = result;
  say(`${out}: ${plural(clips, 'clip')} from ${plural(videos, 'video')}, ${plural(failures.length, 'failure')}`);
  for (const line of describeLeft(result)) say(line);
  if (clips > 0) say(`Next: lacuna pretrain ${out} --out run`);
  return {
    json: result,
    made: clips > 0,
    failures: [...listFailures(failures), ...listUnreadable(unreadable)],
    ...(failures.length > 0 ? { failuresFile: path.join(out, 'failures.jsonl') } : {}),
  };
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

function readPart(text: string): { index: number; count: number } {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index >= count) {
    throw new InvalidArgumentError('it must be i/n with i from 0 to n − 1, such as 0/4');
  }
  return { index, count };
}
