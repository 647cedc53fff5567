// Owns `lacuna inspect`: what is in a dataset or a run.
import { describeBytes } from './byte-text.js';
import { wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type InspectFlags = { readonly out?: string; readonly clips?: number };
type Inspection = Awaited<ReturnType<Library['inspect']>>;
type DatasetInspection = Extract<Inspection, { kind: 'dataset' }>;
type RunInspection = Extract<Inspection, { kind: 'run' }>;

export const addInspect: AddCommand = (program) =>
  program
    .command('inspect')
    .description('say what is in a dataset or a run; of a dataset also as a picture')
    .argument('<folder>', 'a dataset folder or a run folder, finished or not')
    .option('--out <file.png>', 'of a dataset: a contact sheet, a row a clip')
    .option(
      '--clips <n>',
      'clips on the contact sheet, evenly chosen; default: 12',
      wholeNumber({ least: 1, most: 200 }),
    )
    .action(runCommand<[string], InspectFlags>(inspectFolder));

async function inspectFolder(
  { library, controls, say }: Session,
  [folder]: [string],
  { out, clips }: InspectFlags,
): Promise<Outcome> {
  const found = await library.inspect(folder, controls);
  if (found.kind === 'run') {
    if (out === undefined) return { json: found, answer: describeRun(found) };
    const sentence = `${folder} is a run and holds no clips; inspect its dataset, ${found.dataset.folder}, for a contact sheet.`;
    throw new library.LacunaError('usage', sentence);
  }
  const sheet =
    out === undefined ? {} : { sheet: await library.writeContactSheet({ dataset: folder, out, clips }, controls) };
  if (sheet.sheet) say(`${sheet.sheet.out}: ${plural(sheet.sheet.rows.length, 'clip')}, one below the other`);
  return {
    json: { ...found, ...sheet },
    answer: describeDataset(found),
    failures: found.damage.map((reason) => ({ video: folder, reason })),
  };
}

/** Classes that are named; of more, the rest together. */
const namedClasses = 10;

function describeDataset(found: DatasetInspection): string {
  const { shape, options, clipsPerVideo, classes, splits, groups } = found;
  const [frames, height, width, channels] = shape;
  const { least, median, most } = clipsPerVideo;
  const count = ({ name, clips, videos }: DatasetInspection['classes'][number]): readonly [string, string] => [
    `  ${name}`,
    `${plural(clips, 'clip')} from ${plural(videos, 'video')}`,
  ];
  return alignPairs([
    ['dataset', found.isFinished ? found.folder : `${found.folder}, unfinished: what is kept so far`],
    ['clips', `${found.clips}, each ${frames} frames of ${width} × ${height} ${channels === 1 ? 'grey ' : ''}pixels`],
    ['videos', `${found.videos}, with ${least} to ${most} clips each (the middle one ${median})`],
    ['length', describeLength(found.seconds)],
    ['cut', `${options.fps} frames a second, stride ${options.stride}, hop ${options.hop}, ${options.fit}`],
    ['size', `${describeBytes(found.bytes)} in ${plural(found.shards, 'shard')}`],
    ...(classes.length > 0 ? ([['classes', String(classes.length)]] as const) : []),
    ...classes.slice(0, namedClasses).map(count),
    ...(classes.length > namedClasses ? ([['  others', `${classes.length - namedClasses} more`]] as const) : []),
    ...(groups > 0 ? ([['groups', String(groups)]] as const) : []),
    ...splits.map(({ name, ...counts }) => count({ name: `for ${name}`, ...counts })),
    ['failures', String(found.failures)],
    ...found.failuresByReason.map(({ reason, failures }): readonly [string, string] => [
      `  ${reason}`,
      String(failures),
    ]),
    ['ffmpeg', found.ffmpeg.join(', ')],
    ['fingerprint', found.fingerprint?.slice(0, 16) ?? 'none yet'],
  ]);
}

function describeRun(found: RunInspection): string {
  const { duration, dataset } = found;
  const states = { same: 'still there', changed: 'changed since', gone: 'not there any more' } as const;
  return alignPairs([
    ['run', found.isFinished ? found.folder : `${found.folder}, unfinished: goes on from step ${found.checkpointStep}`],
    [
      'model',
      [
        found.preset,
        ...(found.parameters === undefined ? [] : [`${(found.parameters / 1e6).toFixed(2)} M parameters`]),
      ].join(', '),
    ],
    ['objective', found.objective],
    [
      'hidden',
      found.hide.map((hide, place) => `${hide} (${Math.round(100 * (found.weights[place] ?? 0))} %)`).join(', '),
    ],
    ['steps', `${found.steps} of ${plural(found.batch, 'clip')} each, asked for ${duration.amount} ${duration.unit}`],
    ['time', describeLength(found.elapsedSeconds)],
    ...found.losses.map(({ hide, loss, step, over }): readonly [string, string] => [
      `  loss`,
      `${loss.toPrecision(4)} for ${hide}, mean of its last ${plural(over, 'step')} up to step ${step}`,
    ]),
    ...(found.best === undefined
      ? []
      : ([['  best', `${found.best.loss.toPrecision(4)} on held-out clips at step ${found.best.step}`]] as const)),
    ['computed', `${found.engine} on ${found.device}, seed ${found.seed}`],
    ['dataset', `${dataset.folder}, ${states[dataset.state]}`],
    ['fingerprint', `${dataset.fingerprint.slice(0, 16)} of the dataset`],
  ]);
}

function describeLength(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(1)} seconds`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} minutes` : `${(seconds / 3600).toFixed(1)} hours`;
}

function alignPairs(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n');
}
