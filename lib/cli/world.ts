// Owns `lacuna world`: made videos whose labels are known, to try things with.
import { realNumber, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type WorldOptions = Parameters<Library['writeWorld']>[0];
type WorldFlags = Pick<WorldOptions, 'size' | 'fps'> & {
  readonly kind?: WorldOptions['world'];
  readonly videos?: number;
  readonly seconds?: number;
  readonly heldOut?: number;
};

/** A video of `surprises` first runs as foretold for a while; all others are clips of 16 frames. */
const defaults = { videos: 400, seconds: 4 / 3, secondsOfSurprises: 6 } as const;

export const addWorld: AddCommand = (program) =>
  program
    .command('world')
    .description('make videos whose labels are known, and labels.csv beside them, to try things with')
    .argument('<folder>', 'where they go; files of the same names are replaced')
    .option('--kind <world>', 'bouncing-shapes, motions, looks or surprises; default: motions')
    .option('--videos <n>', `how many; default: ${defaults.videos}`, wholeNumber({ least: 1, most: 10_000 }))
    .option('--held-out <n>', 'how many more that look unlike all others, for the test; default: 0', wholeNumber())
    .option(
      '--seconds <n>',
      'how long each is; default: 1.333, 16 frames, and 6 of surprises',
      realNumber({ above: 0 }),
    )
    .option('--size <pixels>', 'an even side; default: 64', wholeNumber({ least: 16, most: 1024 }))
    .option('--fps <n>', 'frames a second; default: 12', realNumber({ above: 0 }))
    .action(runCommand<[string], WorldFlags>(makeWorld));

async function makeWorld(
  { library, controls, seeded, say }: Session,
  [out]: [string],
  { kind: world = 'motions', videos = defaults.videos, ...flags }: WorldFlags,
): Promise<Outcome> {
  const { seed = 0 } = seeded;
  const { seconds = world === 'surprises' ? defaults.secondsOfSurprises : defaults.seconds } = flags;
  const files = await library.writeWorld({ ...flags, world, videos, seconds, seed, out }, controls);
  say(`${out}: ${plural(files.length, 'video')} and labels.csv`);
  return { json: { out, videos: files.length } };
}
