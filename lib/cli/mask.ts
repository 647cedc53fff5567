// Owns `lacuna mask`: a picture of what --hide hides.
import { InvalidArgumentError } from 'commander';
import { realNumber, repeated, timeInSeconds, wholeNumber } from './flag-values.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type PlanPictureOptions = Parameters<Library['writePlanPicture']>[0];
type MaskFlags = Omit<PlanPictureOptions, 'seed' | 'startSeconds'> & { readonly start?: number };
type PlanPicture = Awaited<ReturnType<Library['writePlanPicture']>>;

export const addMask: AddCommand = (program) =>
  program
    .command('mask')
    .description('draw what --hide hides: a row for each sample, a column for each frame')
    .requiredOption('--hide <what>', 'what is hidden, such as gap:4 or patches:0.75; repeat to draw several', repeated)
    .requiredOption('--out <file.png>', 'the picture')
    .option('--preset <name>', 'the network whose tubelets and clips these are; default: conv-tiny')
    .option('--tubelet <TxP>', 'or frames and pixels a side of a tubelet, such as 2x8', readTubelet)
    .option('--size <pixels>', "height and width; default: the preset's, or 64", wholeNumber({ least: 1, most: 2048 }))
    .option('--frames <n>', "frames of a clip; default: the preset's, or 16", wholeNumber({ least: 1, most: 4096 }))
    .option('--samples <n>', 'plans drawn of each --hide; default: 4', wholeNumber({ least: 1, most: 100 }))
    .option(
      '--score <share>',
      'score only this share of the hidden tokens; default: 1',
      realNumber({ above: 0, most: 1 }),
    )
    .option('--video <file>', 'draw over the frames of this video')
    .option('--start <time>', 'with --video: where the clip begins; default: 0', timeInSeconds)
    .option('--fps <n>', 'with --video: frames a second; default: 12', realNumber({ above: 0, most: 1000 }))
    .action(runCommand<[], MaskFlags>(drawMask));

async function drawMask(
  { library, controls, say, seeded }: Session,
  _: [],
  { start, ...flags }: MaskFlags,
): Promise<Outcome> {
  const place = start === undefined ? {} : { startSeconds: start };
  const picture = await library.writePlanPicture({ ...flags, ...place, ...seeded }, controls);
  const [frames, height, width] = picture.shape;
  say(`${picture.out}: a column for each of ${frames} frames of ${width} × ${height} pixels, from the top`);
  return { json: picture, answer: describePlans(picture) };
}

/** A line for each --hide: its rows of the picture, and how many tokens there are of each sort, the same in all of them. */
function describePlans({ plans, tubelet, grid }: PlanPicture): string {
  const lines: string[] = [];
  const each = plans.filter(({ hide }, row) => plans.findIndex((other) => other.hide === hide) === row);
  for (const { hide, visible, hidden, unused } of each) {
    const rows = plans.flatMap((plan, row) => (plan.hide === hide ? [row + 1] : []));
    const [first, last] = [rows[0], rows.at(-1)];
    const tokens = visible + hidden + unused;
    const share = `${((100 * hidden) / tokens).toFixed(1)} %`;
    lines.push(
      `${first === last ? `row ${first}` : `rows ${first} to ${last}`}: ${hide}, ${hidden} of ${tokens} tokens hidden (${share}), ` +
        `${visible} visible${unused > 0 ? `, ${unused} unused` : ''}`,
    );
  }
  return [...lines, `tokens: ${grid.join(' × ')}, each ${tubelet.frames} × ${tubelet.size} × ${tubelet.size}`].join(
    '\n',
  );
}

function readTubelet(text: string): { readonly frames: number; readonly size: number } {
  const [, frames, size] = /^(\d{1,4})x(\d{1,4})$/.exec(text) ?? [];
  const tubelet = { frames: Number(frames), size: Number(size) };
  if (tubelet.frames >= 1 && tubelet.size >= 1) return tubelet;
  throw new InvalidArgumentError('it must be frames, x, and pixels a side, such as 2x8');
}
