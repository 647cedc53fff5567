// Owns `lacuna pretrain`: from a dataset to a run folder with a trained model.
import path from 'node:path';
import { numberList, realNumber, repeated, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type PretrainOptions = Parameters<Library['pretrain']>[0];
type StreamOptions = NonNullable<PretrainOptions['stream']>;
type PretrainFlags = Omit<PretrainOptions, 'dataset' | 'stream' | 'learningRate' | 'validation' | 'seed' | 'threads'> &
  Omit<StreamOptions, 'jobs' | 'timeoutSeconds'> & {
    readonly stream?: true;
    readonly lr?: number;
    readonly val?: number;
  };

export const addPretrain: AddCommand = (program) =>
  program
    .command('pretrain')
    .description('train a network to fill in what is hidden; goes on by itself where it was stopped')
    .argument('<dataset>', 'a folder that prepare made; with --stream a video or a folder of videos')
    .requiredOption('--out <run>', 'the run folder')
    .requiredOption(
      '--hide <what>',
      'what is hidden, such as future:8, gap:4 or patches:0.75; repeat for a mix',
      repeated,
    )
    .option('--weights <list>', 'how often each --hide is drawn, such as 0.5,0.3,0.2; default: evenly', numberList)
    .option(
      '--score <share>',
      'fill in and score only this share of what is hidden, such as 0.5; default: 1',
      realNumber({ above: 0, most: 1 }),
    )
    .option('--preset <name>', 'the network; default: conv-tiny')
    .option('--objective <name>', 'what is minimised; default: reconstruction')
    .option(
      '--val <share>',
      'share of the videos kept for validation; default: 0.1',
      realNumber({ least: 0, most: 0.9 }),
    )
    .option('--steps <n>', 'end after this many steps', wholeNumber({ least: 1 }))
    .option('--epochs <n>', 'or after the dataset was seen this often', realNumber({ above: 0 }))
    .option('--minutes <n>', 'or after this time; default: 10', realNumber({ above: 0 }))
    .option('--batch <clips>', 'clips of one step; default: 8', wholeNumber({ least: 1 }))
    .option('--no-flip', 'do not mirror clips left to right; for videos in which left and right differ')
    .option(
      '--crop <least>',
      'cut out parts of at least this share of the picture, such as 0.5; default: 1, none',
      realNumber({ above: 0, most: 1 }),
    )
    .option(
      '--colour <strength>',
      'change brightness, contrast and saturation by up to this share; default: 0',
      realNumber({ least: 0, most: 1 }),
    )
    .option(
      '--repeat <n>',
      'clips of a step from one clip, each cropped and hidden in its own way; default: 1',
      wholeNumber({ least: 1 }),
    )
    .option('--stream', 'read clips out of the videos as they are needed, cut as these say, like prepare:')
    .option('--size <pixels>', 'with --stream: height and width; default: 64', wholeNumber({ least: 8 }))
    .option('--fps <n>', 'with --stream: frames a second; default: 12', realNumber({ above: 0 }))
    .option('--frames <n>', 'with --stream: frames of a clip; default: 16', wholeNumber({ least: 1 }))
    .option('--stride <n>', 'with --stream: from frame to frame; default: 1', wholeNumber({ least: 1 }))
    .option('--hop <n>', 'with --stream: from clip to clip; default: frames × stride', wholeNumber({ least: 1 }))
    .option('--fit <how>', 'with --stream: how a picture comes to the size; default: cover')
    .option('--lr <rate>', 'the highest learning rate; default: as the preset says', realNumber({ above: 0 }))
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .option('--overwrite', 'replace a run that is there')
    .action(
      runCommand<[string], PretrainFlags>(pretrainModel, 'the state is saved: run the same command again to go on'),
    );

async function pretrainModel(
  { library, controls, say, seeded, threaded }: Session,
  [dataset]: [string],
  { lr, val, stream, size, fps, frames, stride, hop, fit, ...flags }: PretrainFlags,
): Promise<Outcome> {
  const cut = Object.fromEntries(
    Object.entries({ size, fps, frames, stride, hop, fit }).filter(([, value]) => value !== undefined),
  );
  const [unwanted] = Object.keys(cut);
  if (!stream && unwanted !== undefined) {
    throw new library.LacunaError('usage', `--${unwanted} goes with --stream: a dataset was cut when it was prepared.`);
  }
  const rates = {
    ...(lr === undefined ? {} : { learningRate: lr }),
    ...(val === undefined ? {} : { validation: val }),
  };
  const result = await library.pretrain(
    { ...flags, ...rates, ...seeded, ...threaded, ...(stream ? { stream: cut } : {}), dataset },
    controls,
  );
  const { run, steps, loss, parameters, seconds, failures } = result;
  const learned = `${(parameters / 1e6).toFixed(2)} M parameters`;
  say(`${run}: ${plural(steps, 'step')} in ${seconds.toFixed(0)} s, loss ${loss.toPrecision(4)}, ${learned}`);
  const index = path.join(run, 'stream');
  say(`Next: lacuna evaluate ${run} ${stream ? index : dataset} --hide ${flags.hide[0] ?? 'future:8'}`);
  return {
    json: result,
    failures: failures.map(({ video, reason, detail }) => ({ video, reason: [reason, detail].join(': ') })),
    failuresFile: path.join(index, 'failures.jsonl'),
  };
}
