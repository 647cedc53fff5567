// Owns `lacuna prepare`: from videos to a dataset folder.
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { realNumber, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type PrepareOptions = Parameters<Library['prepare']>[0];
type PrepareFlags = Omit<PrepareOptions, 'inputs' | 'part' | 'timeoutSeconds'> & {
  readonly shard?: NonNullable<PrepareOptions['part']>;
  readonly timeout?: number;
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
    .option('--overwrite', 'replace a dataset that is there')
    .action(
      runCommand<[string[]], PrepareFlags>(prepareDataset, 'what is done is kept: run the same command again to go on'),
    );

async function prepareDataset(
  { library, controls, say }: Session,
  [inputs]: [string[]],
  { shard, timeout, ...flags }: PrepareFlags,
): Promise<Outcome> {
  const result = await library.prepare({ ...flags, inputs, part: shard, timeoutSeconds: timeout }, controls);
  const { out, videos, clips, failures, passedOver } = result;
  say(`${out}: ${plural(clips, 'clip')} from ${plural(videos, 'video')}, ${plural(failures.length, 'failure')}`);
  if (passedOver > 0) say(`${plural(passedOver, 'file')} passed over: not videos`);
  if (clips > 0) say(`Next: lacuna pretrain ${out} --out run`);
  return {
    json: result,
    made: clips > 0,
    failures: failures.map(({ video, reason, detail }) => ({ video, reason: [reason, detail].join(': ') })),
    failuresFile: path.join(out, 'failures.jsonl'),
  };
}

function readPart(text: string): { index: number; count: number } {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index >= count) {
    throw new InvalidArgumentError('it must be i/n with i from 0 to n − 1, such as 0/4');
  }
  return { index, count };
}
