// Owns `lacuna pretrain`: from a dataset to a run folder with a trained model.
import path from 'node:path';
import { numberList, orWord, realNumber, repeated, wholeNumber } from './flag-values.js';
import { plural } from './plural.js';
import { type AddCommand, type Library, type Outcome, runCommand, type Session } from './run-command.js';

type PretrainOptions = Parameters<Library['pretrain']>[0];
type StreamOptions = NonNullable<PretrainOptions['stream']>;
type Renamed = 'learningRate' | 'minLearningRate' | 'validation';
type PretrainFlags = Omit<PretrainOptions, 'dataset' | 'stream' | Renamed | 'seed' | 'threads'> &
  Omit<StreamOptions, 'jobs' | 'timeoutSeconds'> & {
    readonly stream?: true;
    readonly lr?: number;
    readonly minLr?: number;
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
    .option('--preset <name>', 'conv-tiny, conv-small, vit-tiny, vit-small or vit-base; default: conv-tiny')
    .option('--target <name>', 'what the head gives: pixels, normalised or residual; default: as the preset says')
    .option('--guess <name>', 'what a residual in a gap is counted from: blend, or motion, the default')
    .option('--attention <how>', 'of a vit: joint, or divided over time and space; default: joint')
    .option('--decoder <how>', 'of a vit: by self- or by cross-attention, self or cross; default: self')
    .option(
      '--drop-path <rate>',
      'of a vit: how often the last block is passed over in training; default: 0',
      realNumber({ least: 0, most: 0.99 }),
    )
    .option('--objective <name>', 'what is minimised: reconstruction, the only one so far')
    .option('--loss <terms>', 'mse or l1, then +gradient:w, +ssim:w and +contrast:w; default: mse')
    .option(
      '--val <share>',
      'share of the videos kept for validation; default: 0.1',
      realNumber({ least: 0, most: 0.9 }),
    )
    .option('--steps <n>', 'end after this many steps', wholeNumber({ least: 1 }))
    .option('--epochs <n>', 'or after the dataset was seen this often', realNumber({ above: 0 }))
    .option('--minutes <n>', 'or after this time; default: 10', realNumber({ above: 0 }))
    .option(
      '--batch <clips>',
      'clips of one micro-batch, or auto; default: 8',
      orWord('auto', wholeNumber({ least: 1 })),
    )
    .option('--accumulate <n>', 'micro-batches of one step; default: 1', wholeNumber({ least: 1, most: 4096 }))
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
      '--hue <part>',
      'turn hues by up to this part of the circle, such as 0.1; default: 0',
      realNumber({ least: 0, most: 0.5 }),
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
    .option('--fit <how>', 'with --stream: cover, contain or stretch; default: cover')
    .option('--grey', 'with --stream: clips of one channel, the grey of each pixel')
    .option('--lr <rate>', 'the highest learning rate; default: as the preset says', realNumber({ above: 0 }))
    .option('--warm-up <steps>', 'steps in which the rate rises; default: 30', wholeNumber())
    .option('--schedule <name>', 'what the rate does then: cosine or constant; default: cosine')
    .option('--min-lr <rate>', 'the rate that the cosine ends at; default: 0', realNumber({ least: 0 }))
    .option('--weight-decay <n>', 'decoupled from the gradients; default: 0.05', realNumber({ least: 0, most: 10 }))
    .option(
      '--optimizer <name>',
      'adamw, or muon for the matrices between the first and the last layer; default: adamw',
    )
    .option('--beta2 <n>', 'of AdamW, below 1; default: 0.95', realNumber({ least: 0, most: 1 }))
    .option('--clip-norm <n>', 'gradients are scaled down to this norm; default: 1', realNumber({ above: 0 }))
    .option(
      '--average <decay>',
      'make a moving average of the weights the model, such as 0.999; default: 0, none',
      realNumber({ least: 0, most: 1 }),
    )
    .option(
      '--validate-every <steps>',
      'steps between measurements on held-out clips, 0 for never; default: automatic',
      wholeNumber(),
    )
    .option(
      '--patience <n>',
      'end after this many measurements without a better one; default: never',
      wholeNumber({ least: 1 }),
    )
    .option('--keep <n>', 'how many of the newest checkpoints stay; default: 2', wholeNumber({ least: 1, most: 1000 }))
    .option('--init <model>', 'begin with the weights of another run of the same network')
    .option(
      '--layer-decay <part>',
      "each layer's rate in parts of the next one's; default: 1, all alike",
      realNumber({ above: 0, most: 1 }),
    )
    .option('--engine <name>', 'onnx, tensorflow or reference; default: onnx')
    .option('--device <name>', 'cpu, webgpu (any GPU) or cuda; default: cpu')
    .option('--overwrite', 'replace a run that is there')
    .action(
      runCommand<[string], PretrainFlags>(pretrainModel, 'the state is saved: run the same command again to go on'),
    );

async function pretrainModel(
  { library, controls, say, seeded, threaded }: Session,
  [dataset]: [string],
  { lr, minLr, val, stream, size, fps, frames, stride, hop, fit, grey, ...flags }: PretrainFlags,
): Promise<Outcome> {
  const cut = Object.fromEntries(
    Object.entries({ size, fps, frames, stride, hop, fit, grey }).filter(([, value]) => value !== undefined),
  );
  const [unwanted] = Object.keys(cut);
  if (!stream && unwanted !== undefined) {
    throw new library.LacunaError('usage', `--${unwanted} goes with --stream: a dataset was cut when it was prepared.`);
  }
  const rates = {
    ...(lr === undefined ? {} : { learningRate: lr }),
    ...(minLr === undefined ? {} : { minLearningRate: minLr }),
    ...(val === undefined ? {} : { validation: val }),
  };
  const result = await library.pretrain(
    { ...flags, ...rates, ...seeded, ...threaded, ...(stream ? { stream: cut } : {}), dataset },
    controls,
  );
  const { run, steps, loss, batch, best, stoppedEarly, parameters, seconds, failures } = result;
  const learned = `${(parameters / 1e6).toFixed(2)} M parameters`;
  say(`${run}: ${plural(steps, 'step')} in ${seconds.toFixed(0)} s, loss ${loss.toPrecision(4)}, ${learned}`);
  if (flags.batch === 'auto') say(`Batches of ${plural(batch, 'clip')} were chosen, once for this run`);
  if (best !== undefined) {
    const kept = stoppedEarly
      ? 'nothing was better after it, so that it is the model'
      : `kept in ${path.join(run, 'checkpoints', 'best')}`;
    say(`Least loss on held-out clips: ${best.loss.toPrecision(4)} at step ${best.step}, ${kept}`);
  }
  const index = path.join(run, 'stream');
  say(`Next: lacuna evaluate ${run} ${stream ? index : dataset} --hide ${flags.hide[0] ?? 'future:8'}`);
  return {
    json: result,
    failures: failures.map(({ video, reason, detail }) => ({ video, reason: [reason, detail].join(': ') })),
    failuresFile: path.join(index, 'failures.jsonl'),
  };
}
